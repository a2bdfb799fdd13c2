/** The command could not do what it was asked to: its lines are for the person who asked. Exit code 1. */
export class CommandError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CommandError';
  }
}

/** The command was asked wrongly. Exit code 2. */
export class UsageError extends CommandError {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** The command did what it was asked to, and that it ended so is the answer. Nothing more is written. */
export class EndedWith extends Error {
  constructor(readonly code: 1) {
    super(`ended with ${code}`);
    this.name = 'EndedWith';
  }
}
