function result(context) {
  var token = context.getPresentedToken();
  if (!token.isActive()) {
    logger.debug('inactive');
    return { active: false };
  }
  return { active: true, sub: token.getSubject() };
}
