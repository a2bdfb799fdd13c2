type Attributes = Readonly<Record<string, unknown>>;

/** The attributes of an account once a provider has told some anew; null takes one away. */
export function mergedAttributes(before: Attributes, told: Attributes): Attributes {
  return Object.fromEntries(Object.entries({ ...before, ...told }).filter(([, value]) => value !== null));
}
