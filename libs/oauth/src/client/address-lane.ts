/** Where a request comes from, as far as one sender has it in hand: an IPv6 host may use a whole /64. RFC 4291 section 2.5.4. */
export function laneOf(address: string | null): string {
  if (address === null || !address.includes(':') || address.startsWith('::')) return address ?? '';
  return address.split(':').slice(0, 4).join(':');
}
