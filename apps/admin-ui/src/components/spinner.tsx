import './spinner.css';

/** Shows that something is at work; with a label it says so to everybody. */
export function Spinner({ label }: { readonly label?: string }) {
  return label === undefined ? (
    <span className="spinner" aria-hidden="true" />
  ) : (
    <p className="spinner-line" role="status">
      <span className="spinner" aria-hidden="true" />
      {label} …
    </p>
  );
}
