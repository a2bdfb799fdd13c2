/** The product's sign. Decoration: its name stands beside it. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path className="mark-nut" d="M16 5.5 25 10.7v10.6L16 26.5 7 21.3V10.7z" />
      <path className="mark-letter" d="M11.5 13h9M16 13v8" />
    </svg>
  );
}
