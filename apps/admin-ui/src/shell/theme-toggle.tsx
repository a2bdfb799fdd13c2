import { Icon } from './icon.tsx';
import { chooseTheme, THEMES, useTheme, type Theme } from './theme.ts';
import './theme-toggle.css';

const LABELS: Readonly<Record<Theme, string>> = { system: 'System theme', light: 'Light theme', dark: 'Dark theme' };

export function ThemeToggle() {
  const chosen = useTheme();
  return (
    <fieldset className="theme-toggle">
      <legend className="visually-hidden">Theme</legend>
      {THEMES.map((theme) => (
        <label key={theme} title={LABELS[theme]}>
          <input type="radio" name="theme" value={theme} checked={chosen === theme} onChange={() => chooseTheme(theme)} />
          <Icon name={theme} />
          <span className="visually-hidden">{LABELS[theme]}</span>
        </label>
      ))}
    </fieldset>
  );
}
