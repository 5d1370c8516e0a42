import { Rule, unless } from '../private/policy/rule';

const APPS = ['JupyterLabAppSettings', 'CodeEditorAppSettings'];

/** Notebooks of Studio stop when idle; a notebook instance has a lifecycle configuration that does it. */
export const idleShutdown: Rule = {
  policy: 'MLOPS-CST-01',
  types: ['AWS::SageMaker::Domain', 'AWS::SageMaker::NotebookInstance', 'AWS::SageMaker::Space', 'AWS::SageMaker::UserProfile'],
  fix: 'set idleShutdownMinutes on the workspace; a notebook instance needs a lifecycle configuration that stops it',
  check({ type, properties }) {
    if (type === 'AWS::SageMaker::NotebookInstance') {
      return unless(properties.LifecycleConfigName === undefined ? ['LifecycleConfigName is missing'] : []);
    }
    // What a profile or a space says takes the place of what the domain says.
    if (type !== 'AWS::SageMaker::Domain') {
      const own = properties.UserSettings ?? properties.SpaceSettings ?? {};
      return unless(
        APPS.filter((app) => own[app]?.AppLifecycleManagement?.IdleSettings?.LifecycleManagement === 'DISABLED').map(
          (app) => `${app} switches idle shutdown off`,
        ),
      );
    }
    const settings = properties.DefaultUserSettings ?? {};
    return unless(APPS
      .filter((app) => app === 'JupyterLabAppSettings' || settings[app] !== undefined)
      .filter((app) => settings[app]?.AppLifecycleManagement?.IdleSettings?.LifecycleManagement !== 'ENABLED')
      .map((app) => `${app} has no idle shutdown`));
  },
};
