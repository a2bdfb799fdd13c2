import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { shape } from '#libs/configuration';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { overviewAnswer, statisticsAnswer } from './execution-answers.ts';
import { executionMembers } from './executions.controller.ts';
import { defined, wholeNumber } from './listing.ts';
import { Operation } from './operation.ts';
import { overviewOf } from './overview.ts';
import { Problem } from './problem.ts';

const HOUR = 3600;
const DAY = 86_400;
const { profile, procedure, version, endpoint, flow } = executionMembers;
const moment = wholeNumber(0, 100_000_000_000).optional();
const statisticsQuery = shape({
  ...{ profile, procedure, version, endpoint, flow },
  from: moment.describe('Seconds since 1970; `seconds` before `to` unless told.'),
  seconds: wholeNumber(10, DAY).default(HOUR).describe('How long before `to` it begins, where there is no `from`.'),
  to: moment.describe('Seconds since 1970; now unless told.'),
  step: wholeNumber(10, DAY)
    .default(60)
    .describe('Seconds: a multiple of 10 for the last hour, of 60 for the last day. Times are rounded down to it.'),
});

@ApiTags('executions')
@Controller('admin/v1')
export class StatisticsController {
  constructor(@Inject(SERVICES) private readonly services: AdminServices) {}

  @Get('statistics')
  @Operation({
    summary: 'See how much ran and was asked, by time',
    description: 'Kept in the memory of the node that answers, since its start: by ten seconds for an hour, by minutes for a day.',
    role: 'read',
    status: 200,
    answer: statisticsAnswer,
  })
  async statistics(@Query({ schema: statisticsQuery }) { step, seconds, ...query }: z.output<typeof statisticsQuery>) {
    const { executions, clock } = this.services;
    const last = query.to ?? clock();
    const to = query.to === undefined ? Math.floor(last / step + 1) * step : Math.floor(last / step) * step;
    const from = Math.floor((query.from ?? last - seconds) / step) * step;
    const wrong = (pointer: string, message: string) =>
      new Problem('invalid-request', 'A parameter is not right.', { errors: [{ pointer, message }] });
    if (step % 10 !== 0) throw wrong('/step', 'must be a multiple of 10');
    if (from > to) throw wrong('/from', 'must not be after "to"');
    if (to - from > DAY + step) throw wrong('/from', 'must be within a day of "to"');
    if (step % 60 !== 0 && to - from > HOUR + step) throw wrong('/step', 'must be a multiple of 60 for more than an hour');
    return { nodes: executions.nodes, from, to, step, ...(await executions.statistics({ ...defined(query), from, to, step })) };
  }

  @Get('overview')
  @Operation({
    summary: 'See what runs, what fails and what needs somebody',
    description: 'Counts are those of the node that answers.',
    role: 'read',
    status: 200,
    answer: overviewAnswer,
  })
  overview() {
    return overviewOf(this.services);
  }
}
