import { Command, CommanderError, Help, InvalidArgumentError, Option } from 'commander';
import { version } from '../../package.json';
import { ApiError } from '../api/errors';
import type { FlowGrouping } from '../api/flows';
import { SEVERITIES, type Severity, STAGES, type Stage } from '../findings/finding';
import {
  ASK_FORMATS,
  type AskCommand,
  EXPOSURE_FAILURES,
  EXPOSURE_FORMATS,
  type ExposureCommand,
  FLOWS_FORMATS,
  type FlowsCommand,
  SCAN_FORMATS,
  type ScanCommand,
} from './commands';
import { EXIT, type ExitCode } from './exit';
import { type Terminal, UsageError } from './terminal';

/**
 * Runs one command line and answers with the exit status. What is wrong with the input or its use is one clear line on standard error;
 * anything else is a bug of ours and rejects.
 * @param words without the names of node and script
 */
export async function run(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let status: ExitCode = EXIT.fine;
  const output: string[] = [];
  const program = programOf(terminal, output, (code) => {
    status = code;
  });
  try {
    await program.parseAsync([...words], { from: 'user' });
  } catch (error) {
    if (error instanceof UsageError || error instanceof ApiError) {
      terminal.note(`${terminal.paintNotes.red('error')}: ${error.message}\n`);
      return EXIT.badInput;
    }
    if (!(error instanceof CommanderError)) throw error;
    status = error.exitCode === 0 ? EXIT.fine : EXIT.badInput;
  }
  if (output.length > 0) await terminal.write(output.join(''));
  return status;
}

/** Said of every command that reads. */
const PATHS = 'manifest files, folders (with all below them), archives (.tar, .tar.gz, .zip), or - for standard input';

const PEERS = `
Peers are named
  namespace/name          a pod, or a workload of any kind
  namespace/name[Kind]    a workload of that kind: shop/web[Deployment]
  name[Node]              a node
  namespace/*             a pod without labels that somebody could create there tomorrow
  10.1.2.3, 10.0.0.0/8    an address, a range of addresses
  internet                public address space
  namespace/name[Service] what is behind a Service (only as --to of ask)
  organisation            the organisation's addresses (fact organisationRanges)
  nodes, cluster          all nodes, all pods
  metadata                the cloud's metadata service (fact platform); metadata:aws of one cloud
  kubernetes-api          the API server; control-plane: the nodes of the control plane

and pods that nobody has deployed yet, of which the best counts: allowed if one gets through, denied
if none can
  any-pod                 any labels, any namespace, also one that does not exist yet
  shop/any-pod            any labels, in one namespace
  shop/pod:app=web,tier=front@robot
                          exactly these labels, and a service account; pod:app=web in any namespace
  new:team=a/pod:app=web  in a namespace that does not exist yet, with its labels

  leasttrust ask manifests/ --from any-pod --to shop/db --port 5432   what could ever reach it
  leasttrust ask manifests/ --from shop/web --to metadata             the credentials of the node
  leasttrust flows manifests/ --from shop/any-pod --no-external       what a new pod could reach
  leasttrust flows manifests/ --to organisation --fact organisationRanges=10.0.0.0/8
`;

/** Names as the facts have them; which values each takes, and what goes without it, a wrong one tells. */
const FACTS = `
Facts that manifests cannot tell (--fact key=value, or a leasttrust.yaml beside the manifests)
  the network plugin  cni, calicoVersion, ipBlockMatchesPods, hostNetworkPods, finishedPods,
                      endpointToHostAction, tunnelPacketsOfPods, encapsulation, natOutgoing,
                      serviceProxy
  what is around      nodesReachableFrom, platform, defaultNamespace
  addresses           podRanges, nodeRanges, serviceRanges, organisationRanges
`;

const EXAMPLES = `
Examples
  leasttrust scan manifests/                                          what is at risk
  leasttrust scan manifests/ --stage lab --format sarif               the same for a code host
  leasttrust flows manifests/                                         who can talk to whom
  leasttrust flows manifests/ --to shop/db --format json
  leasttrust exposure manifests/                                      who gets in, by which door
  leasttrust ask manifests/ --from shop/web --to shop/db --port 5432  one verdict, and why
  kubectl get all,networkpolicies,namespaces -A -o yaml | leasttrust scan -
  leasttrust serve --example                                          the service on this machine

Exit status: 0 fine · 1 findings that fail the stage, a flow that is not allowed, or exposure to
fail on · 2 bad input or usage
`;

const DOORS = `
Who gets to each workload, the most exposed first: from outside by load balancers, node ports,
external addresses, host ports, Ingresses, Routes and Gateways, from inside by Services; with the
ports on both sides, and what decides. What manifests do not tell, facts do (--fact).

Examples
  leasttrust exposure manifests/
  leasttrust exposure manifests/ --from internet --fail-on internet   for a pipeline
  leasttrust exposure manifests/ --from 203.0.113.7                   what one address gets to
  leasttrust exposure manifests/ --fact nodesReachableFrom=internet   where node ports are open
`;

/** Commander calls the actions; each loads its command only then. */
function programOf(terminal: Terminal, output: string[], finish: (code: ExitCode) => void): Command {
  const program = new Command('leasttrust')
    .description('Who can talk to whom in a Kubernetes cluster, why, and what that puts at risk.')
    .version(version, '--version', 'print the version')
    .helpCommand('help [command]', 'explain a command')
    .showHelpAfterError('(--help tells more)')
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.push(text),
      writeErr: (text) => terminal.note(text),
      getOutHelpWidth: () => terminal.columns ?? 100,
    })
    .configureHelp({ optionDescription: withoutEmptyDefault });

  reading(program.command('scan').description('run the checks and print findings').argument('<path...>', PATHS))
    .addOption(new Option('--format <format>', 'how to print').choices(SCAN_FORMATS).default('table'))
    .addOption(new Option('--stage <stage>', "step of the cluster's life").choices(STAGES).default('production'))
    .addOption(new Option('--fail-on <severity>', 'exit with 1 from this severity on; default by stage').choices([...SEVERITIES, 'never']))
    .option('--explain', 'show evidence and remediation', false)
    .action(
      async (
        paths: string[],
        options: Reading & { format: ScanCommand['format']; stage: Stage; failOn?: Severity | 'never'; explain: boolean },
      ) => {
        const { scan } = await import('./scan');
        finish(await scan(requestOf<ScanCommand>(paths, options), terminal));
      },
    );

  reading(program.command('flows').description('list who can talk to whom').argument('<path...>', PATHS))
    .addOption(new Option('--format <format>', 'how to print').choices(FLOWS_FORMATS).default('table'))
    .addOption(new Option('--by <group>', 'what the ends of a flow are').choices(GROUPINGS).default('workload'))
    .option('--from <peer>', 'only flows from this peer or namespace')
    .option('--to <peer>', 'only flows to this peer or namespace')
    .option('--no-external', 'leave out addresses outside the cluster')
    .option('--icmp', 'with ICMP that is only possible, which NetworkPolicy leaves open', false)
    .addHelpText('after', PEERS)
    .action(
      async (
        paths: string[],
        options: Reading & {
          format: FlowsCommand['format'];
          by: FlowGrouping;
          from?: string;
          to?: string;
          external: boolean;
          icmp: boolean;
        },
      ) => {
        const { flows } = await import('./flows');
        finish(await flows(requestOf<FlowsCommand>(paths, options), terminal));
      },
    );

  reading(
    program
      .command('exposure')
      .description('who gets to which workload from outside and inside, by which door')
      .argument('<path...>', PATHS),
  )
    .addOption(new Option('--format <format>', 'how to print').choices(EXPOSURE_FORMATS).default('table'))
    .option('--workload <peer>', 'only this workload')
    .option('--namespace <name>', 'only workloads of this namespace')
    .option('--from <clients>', 'only doors that let these clients through: internet, organisation, an address or a CIDR')
    .addOption(
      new Option('--fail-on <clients>', 'exit with 1 when the internet gets to a workload, or perhaps gets there').choices(
        EXPOSURE_FAILURES,
      ),
    )
    .addHelpText('after', DOORS)
    .action(
      async (
        paths: string[],
        options: Reading &
          Pick<ExposureCommand, 'format'> & { workload?: string; namespace?: string; from?: string; failOn?: 'internet' | 'perhaps' },
      ) => {
        const { exposure } = await import('./exposure');
        finish(await exposure(requestOf<ExposureCommand>(paths, options), terminal));
      },
    );

  reading(program.command('ask').description('one verdict with its explanation, or many at once').argument('<path...>', PATHS))
    .option('--from <peer>', 'who opens the connection')
    .option('--to <peer>', 'who is called')
    .option('--port <number>', "the destination's port", wholeNumber)
    .option('--protocol <name>', 'TCP, UDP, SCTP, ICMP, ICMPv6 or a number (default: TCP)')
    .option('--checks <file>', 'a JSON list of questions [{"from", "to", "protocol", "port"}, …], or -')
    .addOption(new Option('--format <format>', 'how to print').choices(ASK_FORMATS).default('text'))
    .addHelpText('after', PEERS)
    .action(async (paths: string[], options: Reading & AskOptions & { format: AskCommand['format'] }) => {
      const { ask } = await import('./ask');
      const { from, to, port, protocol, checks, ...rest } = options;
      finish(
        await ask({ ...requestOf<Omit<AskCommand, 'asked'>>(paths, rest), asked: askedOf({ from, to, port, protocol, checks }) }, terminal),
      );
    });

  program
    .command('serve')
    .description('the service on this machine: REST, GraphQL and a page, over files')
    .option('--port <number>', 'where to listen', wholeNumber, 4000)
    .option('--host <address>', 'on which address to listen', '127.0.0.1')
    .option('--data <folder>', 'where to keep scans', '.leasttrust')
    .option('--example', 'scan the example at start', false)
    .action(async (options: { port: number; host: string; data: string; example: boolean }) => {
      const { serve } = await import('./serve');
      finish(await serve(options, terminal));
    });
  return program;
}

/** As `api/flows` has them, which is not loaded for help; the type keeps both together. */
const GROUPINGS: readonly FlowGrouping[] = ['workload', 'pod', 'namespace'];

/** Options as commander hands them over. */
interface Reading {
  readonly fact: readonly string[];
  readonly verbose: boolean;
}

/** What an option does, and what goes without it; that nothing does needs no word. */
function withoutEmptyDefault(option: Option): string {
  const plain = new Help().optionDescription(option);
  return plain.replace(/ \(default: (false|\[\])\)$/, '');
}

/** Options of every command that reads manifests. */
function reading(command: Command): Command {
  return command
    .addHelpText('after', FACTS)
    .option(
      '--fact <key=value>',
      'what manifests cannot tell; may be repeated',
      (fact: string, facts: readonly string[]) => [...facts, fact],
      [] as readonly string[],
    )
    .option('--verbose', 'show every problem of the input', false);
}

function requestOf<Request>(paths: readonly string[], { fact, ...options }: Reading): Request {
  return { paths, facts: fact, ...options } as Request;
}

interface AskOptions {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly port?: number | undefined;
  readonly protocol?: string | undefined;
  readonly checks?: string | undefined;
}

/** One question or many, never both. */
function askedOf({ from, to, port, protocol, checks }: AskOptions): AskCommand['asked'] {
  if (checks !== undefined) {
    if (from !== undefined || to !== undefined || port !== undefined || protocol !== undefined)
      throw new UsageError('--checks brings its own questions: leave out --from, --to, --port and --protocol');
    return { checksFile: checks };
  }
  if (from === undefined || to === undefined) throw new UsageError('name both ends with --from and --to, or many questions with --checks');
  return { question: { from, to, port, protocol } };
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number is needed');
  return Number(text);
}
