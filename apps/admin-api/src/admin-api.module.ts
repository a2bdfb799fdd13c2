import { Module, type DynamicModule } from '@nestjs/common';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { AdminSessions } from './admin-sessions.ts';
import { AccountEditor } from './account-editor.ts';
import { AccountsController } from './accounts.controller.ts';
import { AdministratorsController } from './administrators.controller.ts';
import { AdministratorSessionsController } from './administrator-sessions.controller.ts';
import { AuditController } from './audit.controller.ts';
import { Authentication } from './authentication.ts';
import { BindingsController, ProfileBindingsController } from './bindings.controller.ts';
import { BucketEntriesController } from './bucket-entries.controller.ts';
import { BucketsController } from './buckets.controller.ts';
import { CheckController } from './check.controller.ts';
import { ClientsController } from './clients.controller.ts';
import { ConfigurationController } from './configuration.controller.ts';
import { DelegationsController } from './delegations.controller.ts';
import { DryRunController } from './dry-run.controller.ts';
import { Editor } from './editor.ts';
import { EndpointsController } from './endpoints.controller.ts';
import { FlowsController } from './flows.controller.ts';
import { ExecutionStreams } from './execution-streams.ts';
import { ExecutionsController } from './executions.controller.ts';
import { HealthController } from './health.controller.ts';
import { HttpClientsController } from './http-clients.controller.ts';
import { IssuersController } from './issuers.controller.ts';
import { KeysController } from './keys.controller.ts';
import { LibrariesController } from './libraries.controller.ts';
import { LibraryUpload } from './library-upload.ts';
import { LibraryVersionsController } from './library-versions.controller.ts';
import { MetricsController } from './metrics.controller.ts';
import { OpenApiController } from './openapi.controller.ts';
import { OpenIdSessionController } from './open-id-session.controller.ts';
import { OpenIdSignIn } from './open-id-sign-in.ts';
import { OpenApiDocument } from './openapi.ts';
import { ProcedureUpload } from './procedure-upload.ts';
import { ProceduresController } from './procedures.controller.ts';
import { ProfilesController } from './profiles.controller.ts';
import { ProposalsController } from './proposals.controller.ts';
import { RegistrationsController } from './registrations.controller.ts';
import { Reviews } from './reviews.ts';
import { Revocation } from './revocation.ts';
import { SampleEditor } from './sample-editor.ts';
import { SampleTests } from './sample-tests.ts';
import { SamplesController } from './samples.controller.ts';
import { ScriptCheck } from './script-check.ts';
import { TriedTexts } from './tried-texts.ts';
import { ScriptUpload } from './script-upload.ts';
import { SecretsController } from './secrets.controller.ts';
import { SessionController } from './session.controller.ts';
import { StatisticsController } from './statistics.controller.ts';
import { StatusController } from './status.controller.ts';
import { TokensController } from './tokens.controller.ts';
import { UserPagesController } from './user-pages.controller.ts';
import { VersionsController } from './versions.controller.ts';

/** What knows who sends a request; it works before the framework does. */
export interface SignInParts {
  readonly authentication: Authentication;
  readonly sessions: AdminSessions;
  readonly openId: OpenIdSignIn;
}

@Module({})
export class AdminApiModule {
  /** The module over the given services. */
  static over(services: AdminServices, { authentication, sessions, openId }: SignInParts): DynamicModule {
    return {
      module: AdminApiModule,
      providers: [
        { provide: SERVICES, useValue: services },
        { provide: Authentication, useValue: authentication },
        { provide: AdminSessions, useValue: sessions },
        { provide: OpenIdSignIn, useValue: openId },
        Editor,
        Reviews,
        ScriptCheck,
        TriedTexts,
        ScriptUpload,
        ProcedureUpload,
        SampleTests,
        SampleEditor,
        LibraryUpload,
        Revocation,
        AccountEditor,
        ExecutionStreams,
        OpenApiDocument,
      ],
      controllers: [
        HealthController,
        OpenApiController,
        MetricsController,
        StatusController,
        FlowsController,
        CheckController,
        ExecutionsController,
        StatisticsController,
        ProfilesController,
        EndpointsController,
        UserPagesController,
        BindingsController,
        ProfileBindingsController,
        ClientsController,
        IssuersController,
        KeysController,
        HttpClientsController,
        SecretsController,
        BucketsController,
        BucketEntriesController,
        ProceduresController,
        VersionsController,
        SamplesController,
        LibrariesController,
        LibraryVersionsController,
        DryRunController,
        AccountsController,
        RegistrationsController,
        DelegationsController,
        TokensController,
        AuditController,
        AdministratorsController,
        AdministratorSessionsController,
        SessionController,
        OpenIdSessionController,
        ConfigurationController,
        ProposalsController,
      ],
    };
  }
}
