import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useChanged } from '../../api/changed.ts';
import { ChangeProposed } from '../../api/not-changed.ts';
import { post } from '../../api/request.ts';
import type { Rotation, SigningKey } from '../../api/shapes.ts';
import { Button } from '../../components/button.tsx';
import { useChanging } from '../../components/changing.ts';
import { Dialog } from '../../components/dialog.tsx';
import { CheckField } from '../../components/field.tsx';
import { FormErrors } from '../../components/form-errors.tsx';
import { Notice } from '../../components/notice.tsx';
import { duration, Time } from '../../components/time.tsx';
import type { Algorithm } from './issuer-draft.ts';
import { useToast } from '../../components/toast.tsx';
import { useIssuersOf } from './issuer-resource.ts';

/** Seconds after which the service takes a key to be known to all verifiers. */
const PUBLISH_AHEAD = 305;

/** Says what a rotation does, and when, before it is made. */
export function RotateDialog(props: {
  readonly algorithm: Algorithm;
  readonly active: SigningKey | null;
  readonly next: SigningKey | null;
  /** Seconds for which a retired key stays published; null while it is not known. */
  readonly publishedFor: number | null;
  readonly onClose: () => void;
}) {
  const { algorithm, active, next, publishedFor, onClose } = props;
  const { of } = useIssuersOf();
  const [emergency, setEmergency] = useState(false);
  const changed = useChanged();
  const changing = useChanging();
  const toast = useToast();
  const rotation = useMutation({
    mutationFn: () => changing((options) => post<Rotation>(`${of}/keys/rotate`, { body: { algorithm, emergency }, ...options })),
    onSuccess: async () => {
      toast.done(`The signing keys of ${algorithm} are rotated.`);
      onClose();
      await changed(`${of}/keys`);
    },
    onError: (error) => error instanceof ChangeProposed && onClose(),
  });
  return (
    <Dialog
      title={`Rotate the signing keys of ${algorithm}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind={emergency ? 'danger' : 'primary'} busy={rotation.isPending} onClick={() => rotation.mutate()}>
            {emergency ? 'Rotate in emergency' : 'Rotate'}
          </Button>
        </>
      }
    >
      <FormErrors error={rotation.error} fields={['/emergency']}>
        <ul className="steps">
          <li>
            {next === null ? (
              'A new key signs from now on.'
            ) : (
              <>
                <code>{next.kid}</code> signs from now on. It was published <Time at={next.createdAt} brief />
                {isKnown(next) ? ', so that verifiers know it.' : ': too short a time for all verifiers to know it.'}
              </>
            )}
          </li>
          {active !== null && (
            <li>
              <code>{active.kid}</code>{' '}
              {emergency
                ? 'is published no more: what it signed is refused as soon as verifiers read the keys again.'
                : `signs no more. It stays published ${publishedFor === null ? '' : `for ${duration(publishedFor)}, `}until what it signed has expired.`}
            </li>
          )}
          <li>A new next key is made and published, for the rotation after this one.</li>
        </ul>
        <CheckField
          label="The active key is compromised"
          pointer="/emergency"
          hint="Rotates at once, even when verifiers may not know the next key yet."
          checked={emergency}
          onChange={setEmergency}
        />
        {emergency && (
          <Notice kind="warning">
            Tokens that are good now are refused everywhere within minutes. Clients have to get new ones, people may have to sign in again.
          </Notice>
        )}
      </FormErrors>
    </Dialog>
  );
}

function isKnown({ createdAt }: SigningKey): boolean {
  return Date.now() / 1000 - createdAt >= PUBLISH_AHEAD;
}
