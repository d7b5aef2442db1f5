import { createRouter, createWebHashHistory, type Router } from 'vue-router';

export const views = [
  { name: 'fleet', label: 'Fleet', key: '1' },
  { name: 'board', label: 'Board', key: '2' },
  { name: 'deploy', label: 'Deploy', key: '3' },
  { name: 'compare', label: 'Compare', key: '4' },
  { name: 'recordings', label: 'Recordings', key: '5' },
  { name: 'experts', label: 'Experts', key: '6' },
  { name: 'power', label: 'Power', key: '7' },
  { name: 'jobs', label: 'Jobs', key: '8' },
  { name: 'lab', label: 'Lab', key: '9' },
] as const;

/** Addresses live behind the #, so that the page needs nothing of the server or protocol it comes from. */
export function createAppRouter(): Router {
  return createRouter({
    history: createWebHashHistory(),
    routes: [
      { path: '/', name: 'fleet', component: () => import('../views/fleet/FleetView.vue') },
      { path: '/board/:id?', name: 'board', component: () => import('../views/board/BoardView.vue') },
      { path: '/visit/:visitId', name: 'visit', component: () => import('../views/visit/VisitView.vue') },
      { path: '/deploy', name: 'deploy', component: () => import('../views/deploy/DeployView.vue') },
      {
        path: '/compare/:part(recording|clips)?',
        name: 'compare',
        component: () => import('../views/compare/CompareView.vue'),
      },
      {
        path: '/recordings',
        name: 'recordings',
        component: () => import('../views/recordings/RecordingsView.vue'),
      },
      {
        path: '/review/:setId?/:part(statistics)?',
        name: 'review',
        component: () => import('../views/review/ReviewView.vue'),
      },
      {
        path: '/uncertain/:part(windows)?',
        name: 'uncertain',
        component: () => import('../views/review/uncertain/UncertainView.vue'),
      },
      {
        path: '/experts/:part(banks|train|evaluate|encoder|models)?',
        name: 'experts',
        component: () => import('../views/experts/ExpertsView.vue'),
      },
      { path: '/power', name: 'power', component: () => import('../views/power/PowerView.vue') },
      { path: '/tiny', name: 'tiny', component: () => import('../views/tiny/TinyView.vue') },
      { path: '/devices', name: 'devices', component: () => import('../views/devices/DevicesView.vue') },
      { path: '/jobs', name: 'jobs', component: () => import('../views/jobs/JobsView.vue') },
      { path: '/lab', name: 'lab', component: () => import('../views/lab/LabView.vue') },
      { path: '/:unknown(.*)*', redirect: '/' },
    ],
  });
}
