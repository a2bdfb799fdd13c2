import { useEffect, useRef, useState } from 'react';
import { request } from '../api/request.ts';
import type { Finding } from '../api/api-error.ts';
import { languageService } from './language-client.ts';
import type { EditedText, PlacedFinding } from './worker/language-service.ts';
import { placed } from './worker/place.ts';

/** Pauses in writing after which the text is checked: here, and by the service. */
const HERE_MILLISECONDS = 250;
const SERVICE_MILLISECONDS = 900;

/** How far the check of the present text has come. */
export type CheckState =
  | { readonly state: 'starting' }
  | { readonly state: 'checking' }
  /** `confirmed` when the service, which also parses it as it would run, says the same. */
  | { readonly state: 'checked'; readonly confirmed: boolean }
  | { readonly state: 'failed'; readonly error: Error };

const CHECKING: CheckState = { state: 'checking' };

interface Checked {
  readonly of: EditedText | null;
  readonly findings: readonly PlacedFinding[];
  readonly check: CheckState;
}

/** What a version of a text was refused for, or what it is advised. */
interface CheckAnswer {
  readonly passes: boolean;
  readonly findings: readonly Finding[];
}

/** Names of the libraries and secrets that go with the text, as the service takes them. */
export interface Attachments {
  /** Such as `claims@2`. */
  readonly libraries: readonly string[];
  readonly secrets: readonly string[];
}

/**
 * Checks a text while it is written: at once in the browser, by the service's own code, and in a longer pause by the service itself,
 * whose word is the last.
 *
 * @param attachments null for those who may not ask the service
 */
export function useFindings(text: EditedText, attachments: Attachments | null, attempt: number): Checked {
  const [checked, setChecked] = useState<Checked>({ of: null, findings: [], check: { state: 'starting' } });
  const wanted = useRef(0);
  const { source, language, flow, libraries } = text;
  const libraryKey = JSON.stringify(libraries.map(({ name, source: of }) => [name, of.length]));
  const attachmentKey = JSON.stringify(attachments);
  const latest = useRef({ text, attachments });
  useEffect(() => {
    latest.current = { text, attachments };
  });
  useEffect(() => {
    const mine = ++wanted.current;
    const isCurrent = () => mine === wanted.current;
    const now = latest.current;
    const aborter = new AbortController();
    const here = setTimeout(() => {
      languageService(now.text.flow)
        .then((service) => service.findings(now.text))
        .then(
          (findings) =>
            isCurrent() && setChecked((before) => later(before, { of: now.text, findings, check: { state: 'checked', confirmed: false } })),
          (error: unknown) =>
            isCurrent() && setChecked((before) => later(before, { ...before, check: { state: 'failed', error: asError(error) } })),
        );
    }, HERE_MILLISECONDS);
    const service = setTimeout(() => {
      if (now.attachments === null) return;
      checkAtService(now.text, now.attachments, aborter.signal).then(
        (findings) => isCurrent() && setChecked({ of: now.text, findings, check: { state: 'checked', confirmed: true } }),
        // It is asked again when the text is saved, and then it says what is wrong.
        () => undefined,
      );
    }, SERVICE_MILLISECONDS);
    return () => {
      clearTimeout(here);
      clearTimeout(service);
      aborter.abort();
    };
  }, [source, language, flow, libraryKey, attachmentKey, attempt]);
  const isOld = checked.of !== text && checked.check.state === 'checked';
  return isOld ? { ...checked, check: CHECKING } : checked;
}

/** What the service has said of the same text is not replaced by what is found here. */
function later(before: Checked, found: Checked): Checked {
  const isConfirmed = before.of === found.of && before.check.state === 'checked' && before.check.confirmed;
  return isConfirmed ? before : found;
}

/** @throws ApiError */
async function checkAtService(text: EditedText, attachments: Attachments, signal: AbortSignal): Promise<readonly PlacedFinding[]> {
  const { source, language, flow } = text;
  if (source === '') return [];
  const { data } = await request<CheckAnswer>('POST', '/check', {
    body: { source, language, flow, ...(flow === null ? {} : attachments) },
    signal,
  });
  return data.findings.map((finding) => placed(source, finding, data.passes ? 'warning' : 'error'));
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
