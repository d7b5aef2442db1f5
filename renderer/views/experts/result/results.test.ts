// @vitest-environment jsdom
import { flushPromises, mount } from '@vue/test-utils';
import { createPinia } from 'pinia';
import type { Component } from 'vue';
import { describe, expect, it } from 'vitest';
import { claimsOf } from '../../../../models/report/claims.ts';
import { costOf } from '../../../../models/report/cost.ts';
import { estimate } from '../../../../models/report/format.ts';
import type { Results } from '../../../../models/report/results.ts';
import { cascade, results, tradeOff as tradeOffs } from '../../../../models/report/testing.ts';
import ReportTable from '../../../components/ReportTable.vue';
import { labKey } from '../../../stores/lab.ts';
import { LabDouble, shellDouble } from '../../../test/lab-double.ts';
import CascadePanel from './CascadePanel.vue';
import ClaimList from './ClaimList.vue';
import ConfusionMatrix from './ConfusionMatrix.vue';
import EmissionPanel from './EmissionPanel.vue';
import EnergyCurves from './EnergyCurves.vue';
import LimitsPanel from './LimitsPanel.vue';
import ModelDetail from './ModelDetail.vue';
import { overviewTable } from './overview.ts';
import RobustnessPanel from './RobustnessPanel.vue';
import RoutingPanel from './RoutingPanel.vue';
import SaveFiles from './SaveFiles.vue';
import TestPanel from './TestPanel.vue';
import { tradeOff } from './trade-off.ts';
import TradeOffPlot from './TradeOffPlot.vue';

const noBoard: Results = {
  ...results,
  board: null,
  carbon: null,
  experts: results.experts.map((one) => ({ ...one, cost: null, imageBytes: null })),
  mixtures: results.mixtures.map((one) => ({ ...one, cost: null })),
};

function show(component: Component, props: object) {
  const { shell, saved } = shellDouble();
  const lab = new LabDouble({
    'evaluate.file': ({ name }) => ({ name, mime: 'text/plain', text: `of ${name}`, next: null }),
  });
  const wrapper = mount(component, {
    props,
    global: { plugins: [createPinia()], provide: { [labKey as symbol]: { client: lab, shell } } },
  });
  return { wrapper, lab, saved };
}

describe('the overview of models', () => {
  it('tells of every model its scores with intervals, and its cost with the source', () => {
    const { rows } = overviewTable(results, null);
    expect(rows).toHaveLength(results.experts.length + results.mixtures.length);
    const [first] = results.experts;
    const cost = costOf(first!, results.carbon)!;
    expect(rows[0]!.map(({ source }) => source).slice(4)).toEqual([
      null,
      null,
      null,
      'counted',
      'modelled',
      'modelled',
      'modelled',
    ]);
    expect(rows[0]![1]!.text).toBe(estimate(first!.scores.accuracy.pooled));
    expect(rows[0]![9]!.value).toBe(cost.f1PerMillijoule!.value);
  });

  it('tells the scores of one fold where one is asked for', () => {
    const fold = results.experts[0]!.scores.macroF1.folds[2]!;
    expect(overviewTable(results, fold.fold).rows[0]![2]!.text).toBe(estimate(fold));
  });

  it('says that there is no figure where no board was measured, and never 0', () => {
    const { wrapper } = show(ReportTable, { table: overviewTable(noBoard, null) });
    expect(wrapper.text()).toContain('Nothing ran on a board');
    expect(wrapper.findAll('tbody tr')[0]!.findAll('td.missing')).toHaveLength(5);
  });
});

describe('a table of the report', () => {
  it('names a column’s source once in its head, and each figure’s where they differ', () => {
    const figure = (source: 'measured' | 'modelled') => ({ text: '1', value: 1, source });
    const table = {
      title: 'T',
      columns: ['Same', 'Mixed'],
      notes: [],
      rows: [
        [figure('measured'), figure('measured')],
        [figure('measured'), figure('modelled')],
      ],
    };
    const { wrapper } = show(ReportTable, { table });
    expect(wrapper.findAll('th').map((head) => head.find('.source').exists())).toEqual([true, false]);
    expect(wrapper.findAll('td .source').map((badge) => badge.text())).toEqual(['measured', 'modelled']);
  });
});

describe('what accuracy costs', () => {
  it('is drawn for each model that has such a cost: a mixture has no image of its own', () => {
    const drawn = tradeOff(results, 'energy').map(({ name }) => name);
    expect(drawn.slice(results.experts.length)).toEqual([
      'plain router',
      'curiosity 0.5',
      'curiosity 2',
      'random',
    ]);
    expect(tradeOff(results, 'size').map(({ name }) => name)).toEqual(
      results.experts.map(({ name }) => name),
    );
    expect(tradeOff(noBoard, 'energy')).toEqual([]);
  });

  it('tells a model’s figures to the pointer, the keyboard and a screen reader', async () => {
    const { wrapper } = show(TradeOffPlot, { results });
    const points = wrapper.findAll('.point');
    expect(points.every((point) => point.attributes('tabindex') === '0')).toBe(true);
    const [first] = results.experts;
    expect(points[0]!.attributes('aria-label')).toContain(estimate(first!.scores.accuracy.pooled));
    await points[0]!.trigger('focus');
    expect(wrapper.get('[role="status"]').text()).toContain(first!.name);
    await wrapper.get('select').setValue('size');
    expect(wrapper.findAll('.point')).toHaveLength(results.experts.length);
  });

  it('says so where there is no cost', () => {
    expect(show(TradeOffPlot, { results: noBoard }).wrapper.find('svg').exists()).toBe(false);
  });
});

describe('one model closely', () => {
  it('counts clips by class and answer, names as text', () => {
    const [model] = results.experts;
    const { wrapper } = show(ConfusionMatrix, { model, classes: results.dataSet.classes });
    const cells = wrapper.findAll('tbody td').map((cell) => Number(cell.text() || 0));
    expect(cells).toEqual(model!.scores.confusion.flat());
    expect(wrapper.find('script').exists()).toBe(false);
  });

  it('shows curiosity beside max-softmax for a router, and follows the choice', async () => {
    const { wrapper } = show(ModelDetail, { results });
    expect(wrapper.text()).toContain('curiosity, AURC');
    await wrapper.get('select').setValue(results.experts[0]!.name);
    expect(wrapper.text()).not.toContain('curiosity, AURC');
    expect(wrapper.text()).toContain('1 − max-softmax, AURC');
  });

  it('draws nothing outside of numbers', () => {
    for (const component of [ModelDetail, TradeOffPlot, RoutingPanel]) {
      const { wrapper } = show(component, { results });
      expect(wrapper.html()).not.toMatch(/NaN|Infinity|undefined/);
      expect(wrapper.findAll('svg').length).toBeGreaterThan(0);
    }
  });
});

describe('what saves energy', () => {
  it('is drawn with the interval of each mark, as recorded and harder, and told in full', () => {
    const both = { ...results, tradeOff: { plain: tradeOffs, hard: tradeOffs } };
    const { wrapper } = show(EnergyCurves, { results: both });
    const plots = wrapper.findAll('svg');
    expect(plots).toHaveLength(2);
    expect(plots[0]!.findAll('circle')).toHaveLength(2);
    expect(plots[0]!.findAll('.faint polyline')).toHaveLength(2);
    expect(wrapper.findAll('tbody tr')).toHaveLength(4);
    expect(show(EnergyCurves, { results }).wrapper.find('section').exists()).toBe(false);
  });

  it('by a cascade is told in a sentence, a table of the chosen settings, and all of them', () => {
    const { wrapper } = show(CascadePanel, { results: { ...results, cascade } });
    expect(wrapper.text()).toContain('Curiosity is not that decision');
    expect(wrapper.findAll('table')).toHaveLength(2);
    expect(wrapper.find('table').findAll('tbody tr')).toHaveLength(6);
    expect(wrapper.html()).not.toMatch(/NaN|Infinity|undefined/);
    expect(show(CascadePanel, { results }).wrapper.find('section').exists()).toBe(false);
  });
});

describe('harder sounds', () => {
  it('have a table of every model, and nothing where there were none', () => {
    const ways = [{ name: 'pink noise, SNR 0 dB', kind: 'noise' as const, value: 0 }];
    const near = { value: 0.5, low: 0.4, high: 0.6 };
    const models = [...results.experts, ...results.mixtures].map(({ name, scores }) => ({
      ...{ name, scores, meanBits: null },
      ways: [{ accuracy: near, weightedF1: near }],
    }));
    const { wrapper } = show(RobustnessPanel, {
      results: { ...results, robustness: { ways, clips: 160, models } },
    });
    expect(wrapper.findAll('tbody tr')).toHaveLength(2 * models.length);
    expect(wrapper.text()).toContain('pink noise, SNR 0 dB');
    expect(wrapper.text()).toContain('On harder sounds the best');
    expect(wrapper.html()).not.toMatch(/NaN|Infinity|undefined/);
    expect(show(RobustnessPanel, { results }).wrapper.find('section').exists()).toBe(false);
  });
});

describe('the judgement', () => {
  it('gives every claim its verdict and finding', () => {
    const { wrapper } = show(ClaimList, { results });
    expect(wrapper.findAll('li')).toHaveLength(claimsOf(results).length);
    expect(wrapper.text()).toMatch(/holds here|does not hold here/);
  });

  it('puts each test’s reading in words before its numbers', () => {
    const { wrapper } = show(TestPanel, { results });
    const pairs = new Set(
      [...results.tests, ...results.notRun!].map(({ question, a, b }) => `${question}/${a}/${b}`),
    );
    expect(wrapper.findAll('details')).toHaveLength(pairs.size);
    const rows = results.tests.length + results.notRun!.length;
    expect(wrapper.findAll('tbody tr')).toHaveLength(rows);
    expect(wrapper.findAll('summary').every((one) => /\(.*p [=<]/.test(one.text()))).toBe(true);
  });

  it('hides no limit', () => {
    const { wrapper } = show(LimitsPanel, { results });
    expect(wrapper.text()).toContain('The answers are made up.');
    expect(wrapper.text()).toContain('is simulated');
  });

  it('holds training’s emissions against those of inferences, or says why it cannot', () => {
    expect(show(EmissionPanel, { results }).wrapper.text()).toContain('set by the user');
    expect(show(EmissionPanel, { results: noBoard }).wrapper.text()).toContain('there is no carbon');
  });

  it('leaves as the report, as tables and as it is', async () => {
    const { wrapper, saved } = show(SaveFiles, { jobId: 'one', results });
    for (const button of wrapper.findAll('button')) {
      await button.trigger('click');
      await flushPromises();
    }
    expect(saved.map(({ name }) => name)).toEqual(['report.html', 'results.json', 'table-2-scores.csv']);
  });
});
