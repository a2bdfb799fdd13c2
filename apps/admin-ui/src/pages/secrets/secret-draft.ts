/** A value as it is typed. No answer has one, so that it is empty at first. */
export interface SecretDraft {
  readonly id: string;
  readonly value: string;
}

/** The member of the address that names it, as faults of the service have it. */
export const NAME = '/secret';
export const FIELDS = [NAME, '/value'];
export const EMPTY: SecretDraft = { id: '', value: '' };

/** The body of a request: the value to the letter, blanks and line ends included. */
export function bodyOf({ value }: SecretDraft): object {
  return { value };
}
