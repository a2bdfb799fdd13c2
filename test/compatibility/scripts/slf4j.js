function result(context) {
  logger.trace('trace {}', 1);
  logger.debug('client {} asks about {}', context.client.id, context.presentedToken.subject);
  logger.info('scopes {} and data {}', context.scopeNames, { a: [1, null] });
  logger.warn('escaped \\{} and {}', 'filled', 'left over');
  logger.error('went wrong: {}', 'why', new TypeError('the cause'));
  logger.info(context.scopeNames.size());
  logger.info('nothing to fill {} {}', null, undefined);
  logger.info('concatenated ' + context.client.id);
  if (logger.isDebugEnabled()) logger.debug('enabled');
  return { active: true };
}
