/** The sandbox cannot be opened as asked: limits out of range, a prelude that does not run, too little isolation. The message is for operators. */
export class SandboxError extends Error {
  override readonly name = 'SandboxError';
}
