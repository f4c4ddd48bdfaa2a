import type { Direction } from '../../model/policy';
import { checkFields } from '../kubernetes/known-fields';
import { isAbsent, type Mapping } from '../reading';
import { type Complaints, mappingField, textField, textsField } from './complaints';
import { type AddressFamily, ALL_OF_FAMILY, isStrictlyMasked, type Nets, netsOf, parseNet } from './nets';
import { type PortList, readPorts } from './ports';
import { describeProblem } from './selector-parser';
import { entitySelectorText } from './selector-scope';
import { adviseOnName, checkSelector, type Selectors } from './selectors';
import { readService, type ServiceName } from './services';

/*
 * One side of a rule (EntityRule in api/pkg/apis/projectcalico/v3/policy_common.go). Everything that it says must hold.
 */

/** The two sides of a rule. */
export type Side = 'source' | 'destination';

/** A side as it was read. */
export interface Entity {
  /** Addresses, one of which it has; absent: any. */
  readonly nets?: Nets;
  readonly notNets?: Nets;
  /** Families in which the side can match at all. */
  readonly families: ReadonlySet<AddressFamily>;
  /** Selector of whom it is, composed of all that the side says by labels; empty: anybody. */
  readonly positive: string;
  /** Selector of whom it is not; empty: nobody. */
  readonly negative: string;
  readonly ports?: PortList;
  readonly notPorts?: PortList;
  readonly service?: ServiceName;
  /** Names domains, which only Calico's commercial editions know. */
  readonly hasDomains: boolean;
}

/** What reading the sides of a policy's rules looks at beside them. */
export interface EntityScope {
  /** Of a NetworkPolicy. */
  readonly namespace: string | undefined;
  readonly selectors: Selectors;
}

const FIELDS = [
  'nets',
  'notNets',
  'selector',
  'notSelector',
  'namespaceSelector',
  'ports',
  'notPorts',
  'serviceAccounts',
  'services',
  'domains',
];
const FAMILIES: readonly AddressFamily[] = [4, 6];
/** IPv4 and IPv6. */
export const BOTH_FAMILIES: ReadonlySet<AddressFamily> = new Set(FAMILIES);
const NO_ENTITY: Entity = Object.freeze({ families: BOTH_FAMILIES, positive: '', negative: '', hasDomains: false });

/** Reads one side of a rule; without one it says nothing. */
export function readEntity(
  complaints: Complaints,
  rule: Mapping,
  side: Side,
  direction: Direction,
  path: string,
  scope: EntityScope,
): Entity {
  const written = mappingField(complaints, rule, side, path);
  if (!written) return NO_ENTITY;
  const at = `${path}.${side}`;
  checkFields(complaints.reading, written, FIELDS, at);
  const nets = readNets(complaints, written, 'nets', at);
  const notNets = readNets(complaints, written, 'notNets', at);
  if (scope.selectors.isStrict && notNets?.some(isWholeFamily))
    complaints.mind(`\`${at}.notNets\` holds every address of a family`, written);
  const ports = readPorts(complaints, written, 'ports', at);
  const notPorts = readPorts(complaints, written, 'notPorts', at);
  const service = readService(complaints, written, side, direction, at, scope.namespace);
  const hasDomains = !isAbsent(written.domains);
  if (hasDomains) {
    const message = `\`${at}.domains\` is of Calico's commercial editions: which addresses the domains have is unknown`;
    complaints.reading.report('partly-modelled', message, written);
  }
  return {
    ...(nets && { nets }),
    ...(notNets && { notNets }),
    families: familiesOf(nets, notNets),
    ...readSelectors(complaints, written, at, scope),
    ...(ports && { ports }),
    ...(notPorts && { notPorts }),
    ...(service && { service }),
    hasDomains,
  };
}

/** A list whose entries are all unreadable restricts nothing, as an empty one (libcalico-go/lib/backend/syncersv1/updateprocessors/rules.go). */
function readNets(complaints: Complaints, entity: Mapping, name: string, path: string): Nets | undefined {
  const ranges = textsField(complaints, entity, name, path).flatMap((text) => {
    const range = parseNet(text);
    const at = `\`${path}.${name}\` holds \`${text}\``;
    if (!range) complaints.mind(`${at}, which is no CIDR such as \`10.0.0.0/8\``, entity);
    else if (!text.includes('/')) complaints.mind(`${at}, an address without the length of its prefix`, entity);
    else if (!isStrictlyMasked(text)) complaints.mind(`${at}, whose address is not the first of its block`, entity);
    return range ?? [];
  });
  return ranges.length === 0 ? undefined : netsOf(ranges);
}

function isWholeFamily({ family, low, high }: Nets[number]): boolean {
  const [all] = ALL_OF_FAMILY[family];
  return low === all!.low && high === all!.high;
}

/** A list without a net of a family matches nothing in it, also a list of what is excluded (felix/rules/policy.go). */
function familiesOf(...lists: readonly (Nets | undefined)[]): ReadonlySet<AddressFamily> {
  const given = lists.filter((list) => list !== undefined);
  if (given.length === 0) return BOTH_FAMILIES;
  return new Set(FAMILIES.filter((family) => given.every((list) => list.some((net) => net.family === family))));
}

function readSelectors(
  complaints: Complaints,
  written: Mapping,
  path: string,
  { selectors, namespace }: EntityScope,
): Pick<Entity, 'positive' | 'negative'> {
  const read = (name: string, ifBroken: 'missing' | 'dropped', holder = written, at = path) => {
    const text = textField(complaints, holder, name, at) ?? '';
    checkSelector(complaints, selectors, text, ifBroken, `${at}.${name}`, holder);
    return text;
  };
  const accounts = mappingField(complaints, written, 'serviceAccounts', path) ?? {};
  const accountsPath = `${path}.serviceAccounts`;
  checkFields(complaints.reading, accounts, ['names', 'selector'], accountsPath);
  const entity = {
    selector: read('selector', 'missing'),
    notSelector: read('notSelector', 'missing'),
    namespaceSelector: read('namespaceSelector', 'dropped'),
    accountNames: textsField(complaints, accounts, 'names', accountsPath),
    accountSelector: read('selector', 'dropped', accounts, accountsPath),
  };
  if (entity.selector.includes('global(')) {
    complaints.mind(`\`${path}.selector\` uses \`global()\`, which only \`namespaceSelector\` may`, written);
  }
  if (entity.namespaceSelector.includes('global(') && !/^[ \t]*global\([ \t]*\)[ \t]*$/.test(entity.namespaceSelector)) {
    complaints.mind(`\`${path}.namespaceSelector\` uses \`global()\` beside something else`, written);
  }
  adviseOnName(complaints, selectors, entity, path, written);
  const positive = entitySelectorText(entity, namespace, selectors.parse);
  const combined = selectors.parse(positive);
  if (combined.kind === 'problem' && !complaints.isLeftOut()) {
    complaints.ignore(
      `the selectors of \`${path}\` together, \`${positive}\`, are no selector: ${describeProblem(combined.problem)}`,
      written,
    );
  }
  return { positive, negative: entity.notSelector };
}
