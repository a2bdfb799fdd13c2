export { openStores, type DatabaseSettings, type StoreLog, type StoreOptions } from './open-stores.ts';
export { StoreError, type StoreErrorCode } from '#libs/oauth';
