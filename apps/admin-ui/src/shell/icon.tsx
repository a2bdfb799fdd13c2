/** Strokes on a grid of 16 by 16. */
const PATHS = {
  overview: 'M2 2.5h5v5H2zM9 2.5h5v3H9zM9 8.500h5v5H9zM2 10.500h5v3H2z',
  live: 'M1.500 8.500h3l2-5.500 3 10 2-4.500h3',
  procedures: 'M5.500 4.500 2 8l3.500 3.500M10.500 4.500 14 8l-3.500 3.500M9 3 7 13',
  libraries: 'M2.500 2.500h3v11h-3zM5.500 2.500h3v11h-3zM8.900 3.100l2.900-.700 2.500 10.300-2.900.700z',
  endpoints: 'M8 5.500v3M8 8.500 3.500 11M8 8.500l4.500 2.500M6.500 2.500h3v3h-3zM1.500 10.500h3v3h-3zM11.500 10.500h3v3h-3z',
  clients: 'M2 3h12v8H2zM5.500 13.500h5M8 11v2.500',
  keys: 'M10.500 2a3.500 3.500 0 1 1-2.600 5.900L2.500 13.500M4.500 11.500l2 2',
  tokens: 'M8 1.800 13.500 5v6L8 14.200 2.500 11V5zM8 5.200v5.600M5.800 6.400h4.400',
  accounts: 'M8 8a2.800 2.800 0 1 0 0-5.600A2.800 2.800 0 0 0 8 8zM2.500 14c.4-2.700 2.500-4 5.500-4s5.100 1.300 5.500 4',
  audit: 'M3.500 1.800h9v12.400h-9zM6 5h4M6 8h4M6 11h2.500',
  proposals: 'M2 2.500h12v8.500H8l-3.500 3v-3H2zM5.500 6.800l1.800 1.800 3.400-3.600',
  administrators:
    'M6 7.500A2.500 2.500 0 1 0 6 2.500a2.500 2.500 0 0 0 0 5zM1.500 13.500c.4-2.500 2-3.700 4.500-3.700 1 0 1.900.2 2.600.600M11.500 9.500v4.500M9.300 11.700h4.400',
  configuration: 'M2 4.500h7M13 4.500h1M2 11.500h1M7 11.500h7M11 2.700v3.600M5 9.700v3.600',
  menu: 'M2 4h12M2 8h12M2 12h12',
  close: 'M3.500 3.500l9 9M12.500 3.500l-9 9',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.700 10.700 14 14',
  copy: 'M5.500 5.500h8v8h-8zM10.500 5.500v-3h-8v8h3',
  check: 'M3 8.500 6.500 12 13 4.500',
  plus: 'M8 3v10M3 8h10',
  previous: 'M10 3 5 8l5 5',
  next: 'M6 3l5 5-5 5',
  system: 'M2 3h12v8H2zM5.500 13.500h5',
  light:
    'M8 10.800a2.800 2.800 0 1 0 0-5.600 2.800 2.800 0 0 0 0 5.600zM8 1.200v1.300M8 13.500v1.300M1.200 8h1.300M13.500 8h1.300M3.200 3.200l.9.900M11.900 11.900l.9.900M12.800 3.200l-.9.900M4.100 11.900l-.9.900',
  dark: 'M13.500 9.700A6 6 0 0 1 6.300 2.500a6 6 0 1 0 7.200 7.200z',
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration: a text says what it means. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
