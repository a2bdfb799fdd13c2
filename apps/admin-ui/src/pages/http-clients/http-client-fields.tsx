import { CheckField, SelectField, TextArea, TextField } from '../../components/field.tsx';
import { memberSetter } from '../../components/member-setter.ts';
import { CREDENTIALS, NAME, VALUES, type CredentialKind, type HttpClientDraft } from './http-client-draft.ts';

const CREDENTIAL_OPTIONS = [['', 'none'], ...Object.entries(CREDENTIALS)] as const;

/** The fields of an HTTP client. What names it cannot be changed later. */
export function HttpClientFields({
  draft,
  isNew,
  onChange,
}: {
  readonly draft: HttpClientDraft;
  readonly isNew: boolean;
  readonly onChange: (draft: HttpClientDraft) => void;
}) {
  const set = memberSetter(draft, onChange);
  const { credentials, stored } = draft;
  return (
    <>
      <section className="card stack" aria-labelledby="reach">
        <h2 id="reach">What it may reach</h2>
        {isNew && (
          <TextField
            label="HTTP client id"
            pointer={NAME}
            required
            hint="What procedures name it by. It cannot be changed."
            className="mono"
            value={draft.id}
            onChange={set('id')}
          />
        )}
        <div className="fields">
          <TextArea
            label="Allowed hosts"
            pointer="/allowedHosts"
            hint="One a line, such as api.example.com, *.example.com for those below it, or api.example.com:8443. None: nothing is reached."
            className="mono"
            value={draft.allowedHosts}
            onChange={set('allowedHosts')}
          />
          <TextArea
            label="Allowed private networks"
            pointer="/allowedNetworks"
            hint="Ranges such as 10.1.0.0/16, one a line. Without, private and local addresses are refused, whatever host leads there."
            className="mono"
            value={draft.allowedNetworks}
            onChange={set('allowedNetworks')}
          />
        </div>
        <CheckField
          label="Allow http beside https"
          pointer="/allowHttp"
          hint="Whoever is on the way reads and changes what is sent without encryption."
          checked={draft.allowHttp}
          onChange={set('allowHttp')}
        />
        <CheckField
          label="Allow tokens of the run"
          pointer="/allowTokens"
          hint="Requests may carry tokens that the procedure issues or that were presented to it. Otherwise such a request is refused."
          checked={draft.allowTokens}
          onChange={set('allowTokens')}
        />
      </section>
      <section className="card stack" aria-labelledby="credentials">
        <h2 id="credentials">Credentials</h2>
        <SelectField
          label="Sent with each request"
          pointer="/credentials/kind"
          options={CREDENTIAL_OPTIONS}
          value={credentials}
          onChange={(kind) => onChange({ ...draft, credentials: kind as CredentialKind | '', value: '' })}
        />
        {credentials === 'basic' && (
          <TextField label="User name" pointer="/credentials/username" required value={draft.username} onChange={set('username')} />
        )}
        {credentials === 'header' && (
          <TextField
            label="Name of the header"
            pointer="/credentials/name"
            required
            hint="Such as X-Api-Key."
            className="mono"
            value={draft.name}
            onChange={set('name')}
          />
        )}
        {credentials !== '' && (
          <TextField
            label={VALUES[credentials]}
            pointer="/credentials/value"
            type="password"
            autoComplete="new-password"
            hint={
              credentials === stored
                ? 'One is stored, which is never shown. Empty: it stays.'
                : 'It is sealed before it is stored, and never shown again.'
            }
            value={draft.value}
            onChange={set('value')}
          />
        )}
      </section>
      <section className="card stack" aria-labelledby="tls">
        <h2 id="tls">TLS</h2>
        <TextArea
          label="Certificates of authorities"
          pointer="/tls/caCertificates"
          hint="PEM; trusted in place of those of the platform. Empty for those of the platform."
          className="mono"
          rows={4}
          value={draft.caCertificates}
          onChange={set('caCertificates')}
        />
        <TextArea
          label="Client certificate"
          pointer="/tls/clientCertificate"
          hint="PEM, the own certificate first. Empty: none, and its key goes with it."
          className="mono"
          rows={4}
          value={draft.clientCertificate}
          onChange={set('clientCertificate')}
        />
        {draft.clientCertificate.trim() !== '' && (
          <TextArea
            label="Key of the client certificate"
            pointer="/tls/clientKey"
            hint={
              draft.hasKey
                ? 'One is stored, which is never shown. Empty: it stays.'
                : 'PEM. It is sealed before it is stored, and never shown again.'
            }
            className="mono masked"
            autoComplete="off"
            rows={4}
            value={draft.clientKey}
            onChange={set('clientKey')}
          />
        )}
      </section>
      <section className="card stack" aria-labelledby="limits">
        <h2 id="limits">Limits</h2>
        <div className="fields">
          <TextField
            label="Time for a call"
            pointer="/timeoutMilliseconds"
            hint="Milliseconds with all redirects; empty for the usual."
            inputMode="numeric"
            value={draft.timeoutMilliseconds}
            onChange={set('timeoutMilliseconds')}
          />
          <TextField
            label="Longest answer"
            pointer="/maximumResponseBytes"
            hint="Bytes; a longer answer is an error. Empty for the usual."
            inputMode="numeric"
            value={draft.maximumResponseBytes}
            onChange={set('maximumResponseBytes')}
          />
          <TextField
            label="Redirects that are followed"
            pointer="/maximumRedirects"
            hint="Each is checked like the first address. Empty for the usual."
            inputMode="numeric"
            value={draft.maximumRedirects}
            onChange={set('maximumRedirects')}
          />
        </div>
      </section>
    </>
  );
}
