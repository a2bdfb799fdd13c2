import { expose } from 'comlink';
import type { Declarations } from '../../../../../libs/procedure-check/src/editor.ts';
import { format } from './format.ts';
import type { EditedText, LanguageService } from './language-service.ts';
import { TypeService } from './type-service.ts';

let types: TypeService | null = null;

function loaded(): TypeService {
  if (types === null) throw new Error('the declarations are not loaded');
  return types;
}

const service: LanguageService = {
  load: async (declarations: Declarations) => void (types = new TypeService(declarations)),
  findings: async (text: EditedText) => loaded().findings(text),
  completions: async (text, at) => loaded().completions(text, at),
  completionDetails: async (text, at, name) => loaded().completionDetails(text, at, name),
  hover: async (text, at) => loaded().hover(text, at),
  signature: async (text, at) => loaded().signature(text, at),
  format,
};

expose(service);
