#!/usr/bin/env node
// The entry of the command line: looks at the Node version before anything that an older one could not read.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    `fieldbench needs Node 24 or newer, and this is ${process.version}; install it, or run npm start in a clone.\n`,
  );
  process.exitCode = 2;
} else {
  // Most of a short command's time is compiling; imported late, since an older Node lacks it.
  const { enableCompileCache } = await import('node:module');
  enableCompileCache();
  const { main } = await import('./main.ts');
  const { whatWentWrong } = await import('./went-wrong.ts');
  process.on('unhandledRejection', (reason) => {
    process.stderr.write(`${whatWentWrong(reason)}\n`);
    process.exit(2);
  });
  // A reader that has seen enough (`fieldbench list rules | head`) ends the output, not the run.
  for (const output of [process.stdout, process.stderr]) {
    output.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  process.exitCode = await main(process.argv.slice(2));
}
