import { memoryStores } from './memory-stores.ts';
import { describeStores } from './store-contract.ts';

describeStores('memory stores', () => Promise.resolve(memoryStores()));
