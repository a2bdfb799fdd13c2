import { Module, type DynamicModule } from '@nestjs/common';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { AdministratorsController } from './administrators.controller.ts';
import { AuditController } from './audit.controller.ts';
import { BindingsController } from './bindings.controller.ts';
import { ClientsController } from './clients.controller.ts';
import { ConfigurationController } from './configuration.controller.ts';
import { DelegationsController } from './delegations.controller.ts';
import { DryRunController } from './dry-run.controller.ts';
import { Editor } from './editor.ts';
import { EndpointsController } from './endpoints.controller.ts';
import { HealthController } from './health.controller.ts';
import { IssuersController } from './issuers.controller.ts';
import { KeysController } from './keys.controller.ts';
import { OpenApiController } from './openapi.controller.ts';
import { OpenApiDocument } from './openapi.ts';
import { ProcedureUpload } from './procedure-upload.ts';
import { ProceduresController } from './procedures.controller.ts';
import { ProfilesController } from './profiles.controller.ts';
import { Revocation } from './revocation.ts';
import { StatusController } from './status.controller.ts';
import { TokensController } from './tokens.controller.ts';
import { VersionsController } from './versions.controller.ts';

@Module({})
export class AdminApiModule {
  /** The module over the given services. */
  static over(services: AdminServices): DynamicModule {
    return {
      module: AdminApiModule,
      providers: [{ provide: SERVICES, useValue: services }, Editor, ProcedureUpload, Revocation, OpenApiDocument],
      controllers: [
        HealthController,
        OpenApiController,
        StatusController,
        ProfilesController,
        EndpointsController,
        BindingsController,
        ClientsController,
        IssuersController,
        KeysController,
        ProceduresController,
        VersionsController,
        DryRunController,
        DelegationsController,
        TokensController,
        AuditController,
        AdministratorsController,
        ConfigurationController,
      ],
    };
  }
}
