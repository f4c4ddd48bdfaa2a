import { resolve } from 'node:path';
import { EXAMPLE_CLUSTER, EXAMPLE_PATH } from '../local/example';
import { type LocalService, startLocalService } from '../local/server';
import type { Scan } from '../store/scan';
import type { ServeCommand } from './commands';
import { EXIT, type ExitCode } from './exit';
import { type Terminal, UsageError } from './terminal';
import { counted } from './text';

/** Hosts that only this machine reaches. */
const LOOPBACK: readonly string[] = ['127.0.0.1', '::1', 'localhost'];

/** `leasttrust serve`: the service on this machine, until it is told to stop. */
export async function serve(command: ServeCommand, terminal: Terminal, stop: Promise<unknown> = stopSignal()): Promise<ExitCode> {
  const { host, data, example } = command;
  const log = {
    info() {},
    error: (message: string, fields: Readonly<Record<string, unknown>>) => terminal.note(`${message}: ${JSON.stringify(fields)}\n`),
  };
  const service = await startLocalService({ ...command, data: resolve(terminal.folder, data), log }).catch((error: unknown) => {
    throw explained(error, command);
  });
  if (!LOOPBACK.includes(host)) {
    terminal.note(`warning: ${service.url} asks for no password: everybody who reaches this address can read and delete every scan\n`);
  }
  await terminal.write(`Leasttrust is at ${service.url}\nScans are kept in ${data}. Ctrl-C stops.\n`);
  if (example) await terminal.write(exampleText(service, await service.scanExample()));
  await stop;
  await service.close();
  return EXIT.fine;
}

/** What the user can do something about becomes a sentence; the rest stays what it is. */
function explained(error: unknown, { port, host, data }: ServeCommand): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new UsageError(`port ${port} is in use; choose another one with --port`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new UsageError(`\`${host}\` is no address of this machine`);
    case 'EACCES':
      return new UsageError(`permission denied: for port ${port} or for \`${data}\``);
    case 'EEXIST':
    case 'ENOTDIR':
      return new UsageError(`\`${data}\` is no folder`);
    default:
      return error;
  }
}

/** Four things that work as they are printed. */
function exampleText({ url }: LocalService, { id, status, failure, summary }: Scan): string {
  if (status !== 'SUCCEEDED' || !summary) return `\nThe example, ${EXAMPLE_PATH}, could not be scanned: ${failure}\n`;
  const { open: _, ...decided } = summary.findings;
  const findings = Object.values(decided).reduce((sum, count) => sum + count, 0);
  const query = `{ cluster(name: "${EXAMPLE_CLUSTER}") { latestScan { reach(from: {name: "shop/cart"}, to: {name: "shop/cart-cache"}, port: 6379) { verdict trace { sentence file line } } } } }`;
  return `
The example, ${EXAMPLE_PATH}, has ${counted(findings, 'finding')} in ${counted(summary.workloads, 'workload')}. Four things to try in another shell:

  curl -s '${url}/v1/scans/${id}/findings?limit=3'

  curl -s '${url}/v1/scans/${id}/exposure?from=internet'

  curl -s '${url}/graphql' -H 'content-type: application/json' \\
    -d '${JSON.stringify({ query })}'

  npx leasttrust ask ${EXAMPLE_PATH} --from shop/web --to shop/catalog --port 8080
`;
}

/** The first SIGINT or SIGTERM stops in good order, the second one at once. */
function stopSignal(): Promise<void> {
  return new Promise((stop) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop());
  });
}
