/** Starts the predict function as Lambda does, and says when it could take a request. ENTRY is in the environment. */
await import(String(process.env.ENTRY));
process.stdout.write('ready\n', () => process.exit(0));
