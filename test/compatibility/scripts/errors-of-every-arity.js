// The form parameter `fail` chooses; each is thrown as scripts throw it.
function result(context) {
  var fail = context.request.getFormParameter('fail');
  switch (fail) {
    case 'bad-0':
      throw exceptionFactory.badRequestException();
    case 'bad-1':
      throw exceptionFactory.badRequestException('The thing is missing.');
    case 'bad-2':
      throw exceptionFactory.badRequestException('invalid_target', 'No such audience.');
    case 'bad-3':
      throw exceptionFactory.badRequestException('use_dpop_nonce', 'Try again.', true);
    case 'bad-code':
      throw exceptionFactory.badRequestException('invalid_grant', null);
    case 'unauthorized-0':
      throw exceptionFactory.unauthorizedException();
    case 'unauthorized-1':
      throw exceptionFactory.unauthorizedException('Who are you?');
    case 'unauthorized-2':
      throw exceptionFactory.unauthorizedException('invalid_token', 'Not yours.');
    case 'forbidden-0':
      throw exceptionFactory.forbiddenException();
    case 'forbidden-1':
      throw exceptionFactory.forbiddenException('Not for you.');
    case 'forbidden-2':
      throw exceptionFactory.forbiddenException('insufficient_scope', 'Not enough.');
    case 'not-found-1':
      throw exceptionFactory.notFoundException('Nothing here.');
    case 'internal-0':
      throw exceptionFactory.internalServerException();
    case 'internal-1':
      throw exceptionFactory.internalServerException('The directory does not answer.');
    case 'plain':
      throw new Error('a secret of the script');
    case 'text':
      throw 'just text';
    case 'returned':
      return exceptionFactory.badRequestException('forgot to throw');
    default:
      return { access_token: null, note: 'nothing failed' };
  }
}
