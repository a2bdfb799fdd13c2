/** A change was not made though nothing went wrong, and the person knows: no place where errors are shown shows it. */
export class NotChanged extends Error {
  override readonly name: string = 'NotChanged';
}

/** It waits for another administrator, and the page has said so. */
export class ChangeProposed extends NotChanged {
  override readonly name = 'ChangeProposed';

  constructor() {
    super('The change waits for another administrator.');
  }
}

/** The person decided to leave it to the configuration file that owns it. */
export class LeftToFile extends NotChanged {
  override readonly name = 'LeftToFile';

  constructor() {
    super('The change is left to the configuration file.');
  }
}

/** The error when something went wrong, null when nothing did. */
export function failureOf(error: Error | null): Error | null {
  return error instanceof NotChanged ? null : error;
}
