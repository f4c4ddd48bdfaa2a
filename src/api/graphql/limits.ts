import { costLimitRule } from '@escape.tech/graphql-armor-cost-limit';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { type ASTVisitor, type DocumentNode, GraphQLError, Kind, type ValidationContext, type ValidationRule, visit } from 'graphql';
import { ApiError } from '../errors';

/*
 * What one query may cost. Documents are judged before they run (tokens, depth, cost, aliases); what only shows while running (variables as page sizes,
 * pages inside pages) is counted by a budget.
 */

/** Deepest selection; the longest sensible way (cluster, scans, findings, evidence, trace, depends on) with `edges { node }` takes 13. */
export const MOST_DEPTH = 15;
/** Sum over all fields, multiplied by the page sizes that the document tells; a full page of findings with all their fields is about 7,000. */
export const MOST_COST = 50_000;
/** Aliases let one document ask the same expensive question many times. */
export const MOST_ALIASES = 50;
/** Lexical tokens of a document; the parser stops there. */
export const MOST_TOKENS = 5_000;
/** Items of all pages together that one query may list. */
export const MOST_ITEMS = 10_000;
/** Bytes of a request: documents and variables are text that people write. */
export const MOST_REQUEST_BYTES = 256 * 1024;

/** What a document must keep to before it is run; each refusal carries an ApiError `QUERY_TOO_EXPENSIVE`. */
export const LIMIT_RULES: readonly ValidationRule[] = [
  asRule(maxDepthRule({ n: MOST_DEPTH, flattenFragments: true, ...reporting(`a query is at most ${MOST_DEPTH} fields deep`) })),
  asRule(
    costLimitRule({
      maxCost: MOST_COST,
      // Depth has a limit of its own.
      depthCostFactor: 1,
      flattenFragments: true,
      ...reporting(`the query costs more than ${MOST_COST}; ask for smaller pages or fewer fields`),
    }),
  ),
  limitAliases,
];

/** Counts the items that one query lists. */
export class ItemBudget {
  #left = MOST_ITEMS;

  /** @throws ApiError `QUERY_TOO_EXPENSIVE` when the query lists too much */
  spend(items: number): void {
    this.#left -= items;
    if (this.#left < 0) throw new ApiError('QUERY_TOO_EXPENSIVE', `a query lists at most ${MOST_ITEMS} items; ask for smaller pages`);
  }
}

function limitAliases(context: ValidationContext): ASTVisitor {
  return {
    Document(document) {
      if (countAliases(document) > MOST_ALIASES) context.reportError(tooExpensive(`a document has at most ${MOST_ALIASES} aliases`));
    },
  };
}

function countAliases(document: DocumentNode): number {
  let aliases = 0;
  visit(document, {
    [Kind.FIELD](field) {
      if (field.alias) aliases++;
    },
  });
  return aliases;
}

/** Options of a rule that make it report our error instead of throwing its own. */
function reporting(message: string) {
  return { propagateOnRejection: false, onReject: [(context: ValidationContext | null) => context?.reportError(tooExpensive(message))] };
}

function tooExpensive(message: string): GraphQLError {
  return new GraphQLError(message, { originalError: new ApiError('QUERY_TOO_EXPENSIVE', message) });
}

/** The rules are visitors by shape, which their published types do not say. */
function asRule(rule: (context: ValidationContext) => object): ValidationRule {
  return (context) => rule(context) as ASTVisitor;
}
