import { useSyncExternalStore } from 'react';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** `build/theme-before-paint.ts` reads it too. */
const STORED_AS = 'tokenwright-theme';
const listeners = new Set<() => void>();

/** The chosen theme; `system` follows the machine's. */
export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, storedTheme);
}

export function chooseTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(STORED_AS);
  else localStorage.setItem(STORED_AS, theme);
  apply();
}

/** Whether it is dark now, for what is drawn by script, such as charts and editors. */
export function useIsDark(): boolean {
  return useSyncExternalStore(subscribe, isDark);
}

function storedTheme(): Theme {
  const stored = localStorage.getItem(STORED_AS);
  return THEMES.find((theme) => theme === stored) ?? 'system';
}

function isDark(): boolean {
  const theme = storedTheme();
  return theme === 'system' ? systemIsDark().matches : theme === 'dark';
}

function systemIsDark(): MediaQueryList {
  return matchMedia('(prefers-color-scheme: dark)');
}

function apply(): void {
  const theme = storedTheme();
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  for (const tell of listeners) tell();
}

/** Other tabs may choose, and so may the machine. */
function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  const system = systemIsDark();
  system.addEventListener('change', tell);
  window.addEventListener('storage', apply);
  return () => {
    listeners.delete(tell);
    system.removeEventListener('change', tell);
    window.removeEventListener('storage', apply);
  };
}
