/**
 * The far end of a `CommandedProcess`: answers each command with `{ ok }` or `{ error }`, and ends when its owner does.
 *
 * @param {Record<string, (options: any) => unknown>} commands
 */
export function answerCommands(commands) {
  process.on('message', async ({ command, ...options }) => {
    try {
      process.send({ ok: await commands[command](options) });
    } catch (error) {
      process.send({ error: `${command}: ${error.stack}` });
    }
  });
  process.on('disconnect', () => process.exit());
}
