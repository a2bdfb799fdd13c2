/// <reference path="./collections.d.ts" />
/// <reference path="./contexts.d.ts" />
/// <reference path="./globals.d.ts" />
/// <reference path="./services.d.ts" />
