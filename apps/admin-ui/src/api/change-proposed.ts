/** The change was not made: it waits for another administrator, and the page has said so. Nothing went wrong. */
export class ChangeProposed extends Error {
  override readonly name = 'ChangeProposed';

  constructor() {
    super('The change waits for another administrator.');
  }
}
