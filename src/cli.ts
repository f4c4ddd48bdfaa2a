#!/usr/bin/env node
import { run } from './cli/program';
import { processTerminal } from './cli/terminal';

/** Status of a bug of ours, as sysexits.h counts internal errors. */
const INTERNAL_ERROR = 70;

const terminal = processTerminal();
run(process.argv.slice(2), terminal).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    terminal.note(
      `this is a bug in leasttrust, please report it:\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exitCode = INTERNAL_ERROR;
  },
);
