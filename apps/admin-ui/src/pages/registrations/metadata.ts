import type { DynamicClient } from '../../api/shapes.ts';

/** What a client calls itself, which nobody has verified; its id where it says nothing. RFC 7591 section 2. */
export function nameOfRegistered({ id, metadata }: Pick<DynamicClient, 'id' | 'metadata'>): string {
  const name = metadata['client_name'];
  return typeof name === 'string' && name.trim() !== '' ? name : id;
}

/** A member of the metadata that is a list of texts, or one text of several words. */
export function wordsOfMetadata({ metadata }: Pick<DynamicClient, 'metadata'>, member: string): readonly string[] {
  const value = metadata[member];
  if (typeof value === 'string') return value.split(' ').filter((word) => word !== '');
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
