import { findFlow, type FlowId, type ProcedureLanguage } from '#libs/oauth';

/** A procedure to begin with: what the shipped default does. */
export function procedureText(defaultSource: string, flow: FlowId, language: ProcedureLanguage): string {
  const type = findFlow(flow)?.contextType ?? 'TokenProcedureContext';
  const short = defaultSource.replace(TAG, (_tag, name: string) => `\n * @param {${type}} ${name}`);
  return language === 'javascript' ? short : typed(short, type);
}

/** The tag that says which type the context has. */
const TAG = /\n \* @param \{[^}\n]+\} (\w+)/;

/** The type of the context beside it, in place of the tag in the comment. */
function typed(source: string, type: string): string {
  return source.replace(/(?:\n \*)?\n \* @param \{[^}\n]+\} \w+/, '').replace(/^function result\((\w+)\)/m, `function result($1: ${type})`);
}
