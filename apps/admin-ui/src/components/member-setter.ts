/** For the fields of a form: what changes one member of its draft, and leaves the others. */
export function memberSetter<Draft extends object>(draft: Draft, onChange: (draft: Draft) => void) {
  return <Member extends keyof Draft>(member: Member) =>
    (value: Draft[Member]): void =>
      onChange({ ...draft, [member]: value });
}
