import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Answer, ask as answerOf, type Question } from '../api/ask';
import { ApiError } from '../api/errors';
import type { Analysis } from '../engine/index';
import { answerText } from './answer-text';
import { compilePaths } from './bundle';
import type { AskCommand } from './commands';
import { noteDiagnostics } from './diagnostics';
import { EXIT, type ExitCode } from './exit';
import { type Terminal, UsageError } from './terminal';

/** `leasttrust ask`: one verdict with its explanation, or many at once, in order, over manifests that are read once. */
export async function ask(command: AskCommand, terminal: Terminal): Promise<ExitCode> {
  const { asked, format } = command;
  if ('checksFile' in asked && asked.checksFile === '-' && command.paths.includes('-'))
    throw new UsageError('standard input can be read only once');
  const questions = 'question' in asked ? [asked.question] : await readChecks(asked.checksFile, terminal);
  const { analysis, diagnostics } = await compilePaths(terminal, command);
  const verdicts = questions.map((question) => answerOrError(analysis, question));
  const [only] = verdicts;
  // Before anything can go wrong with the question: a peer may be unknown because its file was not read.
  if (format !== 'json' || verdicts.some((verdict) => 'error' in verdict)) noteDiagnostics(terminal, diagnostics, command);
  // The one question of the command line is the command: what is wrong with it is wrong usage.
  if ('question' in asked && only && 'error' in only) throw new UsageError(only.error);
  if (format === 'json') {
    const answers = 'question' in asked ? { formatVersion: 1, ...only, diagnostics } : { formatVersion: 1, verdicts, diagnostics };
    await terminal.write(`${JSON.stringify(answers, undefined, 2)}\n`);
  } else {
    await terminal.write(
      verdicts.map((verdict) => ('error' in verdict ? `error  ${verdict.error}\n` : answerText(verdict, terminal))).join('\n'),
    );
  }
  if (verdicts.some((verdict) => 'error' in verdict)) return EXIT.badInput;
  return verdicts.every((verdict) => 'verdict' in verdict && verdict.verdict === 'allowed') ? EXIT.fine : EXIT.failed;
}

/** A question that cannot be understood does not spoil the others. */
function answerOrError(analysis: Analysis, question: Question): Answer | { readonly error: string } {
  try {
    return answerOf(analysis, question);
  } catch (error) {
    if (error instanceof ApiError) return { error: error.message };
    throw error;
  }
}

async function readChecks(path: string, { folder, input }: Terminal): Promise<readonly Question[]> {
  const text =
    path === '-'
      ? await readInput(input)
      : await readFile(resolve(folder, path), 'utf8').catch((error: NodeJS.ErrnoException) => {
          throw new UsageError(`cannot read \`${path}\`: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}`);
        });
  let checks: unknown;
  try {
    checks = JSON.parse(text);
  } catch {
    throw new UsageError(`\`${path}\` is no JSON`);
  }
  if (!Array.isArray(checks)) throw new UsageError(`\`${path}\` holds no list of questions such as [{"from", "to", "protocol", "port"}]`);
  return checks.map((check, index) => readCheck(check, `question ${index + 1} of \`${path}\``));
}

async function readInput(input: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of input) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** One question of a file. `null` is as good as nothing: programs write it so. */
function readCheck(check: unknown, name: string): Question {
  const fields = asFields(check) ?? {};
  const { from, to, protocol, port, sourcePort } = fields;
  if (typeof from !== 'string' || typeof to !== 'string') throw new UsageError(`${name} needs \`from\` and \`to\``);
  // A protocol without a name is asked for by its number.
  const written = typeof protocol === 'number' ? String(protocol) : protocol;
  if (!isOptional(written, 'string')) throw new UsageError(`${name}: \`protocol\` is no text`);
  if (!isOptional(port, 'number') || !isOptional(sourcePort, 'number')) throw new UsageError(`${name}: a port is no number`);
  return { from, to, protocol: present(written), port: present(port), sourcePort: present(sourcePort), icmp: readIcmp(fields.icmp, name) };
}

function readIcmp(value: unknown, name: string): Question['icmp'] {
  if (value === undefined || value === null) return undefined;
  const { type, code } = asFields(value) ?? {};
  if (typeof type !== 'number' || !isOptional(code, 'number')) throw new UsageError(`${name}: \`icmp\` is {"type", "code"}, both numbers`);
  return { type, code: present(code) };
}

function asFields(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

interface Primitives {
  string: string;
  number: number;
}

function isOptional<Name extends keyof Primitives>(value: unknown, type: Name): value is Primitives[Name] | undefined | null {
  return value === undefined || value === null || typeof value === type;
}

function present<T>(value: T | null | undefined): T | undefined {
  return value ?? undefined;
}
