import { Button } from '../../../components/button.tsx';
import { TextArea, TextField } from '../../../components/field.tsx';
import type { AnswerDraft } from './context-draft.ts';

/** What services answer, as nothing real is asked. */
export function AnswersField({
  value,
  onChange,
}: {
  readonly value: readonly AnswerDraft[];
  readonly onChange: (value: readonly AnswerDraft[]) => void;
}) {
  const change = (at: number, members: Partial<AnswerDraft>) =>
    onChange(value.map((answer, i) => (i === at ? { ...answer, ...members } : answer)));
  return (
    <fieldset className="field try-pairs">
      <legend className="field-label">What services answer</legend>
      <p className="field-hint">
        No service is asked. A call without an answer fails; cache and buckets are empty. After a run, its calls are told with a button that
        gives them one.
      </p>
      {value.map((answer, i) => (
        // They have no identity but their place: of several to one call each is used once, in order.
        <div key={i} className="stack try-answer">
          <TextField
            label={`Call ${i + 1}`}
            pointer={`/answers/${i}/call`}
            placeholder="http GET api.example.com/users"
            value={answer.call}
            onChange={(call) => change(i, { call })}
          />
          <TextArea
            label={`Answer ${i + 1} as JSON`}
            pointer={`/answers/${i}/answer`}
            className="mono"
            value={answer.answer}
            onChange={(text) => change(i, { answer: text })}
          />
          <Button small kind="quiet" onClick={() => onChange(value.filter((_, each) => each !== i))}>
            Remove answer {i + 1}
          </Button>
        </div>
      ))}
      <Button small onClick={() => onChange([...value, answerTo('')])}>
        Add an answer
      </Button>
    </fieldset>
  );
}

/** What a call may be answered to begin with. @param call as the report tells it */
export function answerTo(call: string): AnswerDraft {
  const answer = call.startsWith('verify-jwt')
    ? { sub: 'alice' }
    : call.startsWith('cache-get')
      ? 'a value'
      : call.startsWith('bucket-get')
        ? { count: 1 }
        : { statusCode: 200, body: {} };
  return { call, answer: JSON.stringify(answer, null, 2) };
}
