//! `segell release`.

use std::process::ExitCode;

use anyhow::{Result, ensure};

use crate::base::word::Word;
use crate::commands::ask::Interview;
use crate::commands::change::batch::{ask_batch, choice, environment, find};
use crate::commands::change::writing::{Writing, about_batch, errors_of_batch};
use crate::edit::Value;
use crate::inventory::finding::Environment;
use crate::inventory::model::Stage;
use crate::inventory::survey::Survey;
use crate::tr;

/// Release a batch for an environment: from then on its sequence is asked for
///
/// Exit code 0: written, or released already; 1: it would break a rule; 2: it could not run.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    writing: Writing,
    /// The batch, `calendar/NN-slug`
    #[arg(long, value_name = "ID")]
    batch: Option<String>,
    /// The environment that it is to be loaded in
    #[arg(long, value_name = "ENV", value_parser = environment)]
    stage: Option<Environment>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut changes = arguments.writing.begin()?;
    let inventory = changes.before();
    let survey = Survey::of(&inventory, arguments.writing.today());
    let mut interview = Interview::begin();
    let batch = ask_batch(&mut interview, arguments.batch.as_ref(), &survey)?;
    let stage = choice("--stage pre|pro", tr!("For which environment?"), &["pre", "pro"]);
    let stage = interview.need(arguments.stage.as_ref(), &stage, environment)?;
    let (Some(batch), Some(environment)) = (batch, stage) else { return interview.refuse() };
    let view = find(&survey, &batch)?;
    let stage = match environment {
        Environment::Pre => Stage::Pre,
        Environment::Pro => Stage::Pro,
    };
    ensure!(
        view.batch.stage <= stage,
        tr!(
            "`{batch}` is released for PRO already; the way back is a revert of the commit on `main`",
            batch = view.id
        )
    );
    ensure!(
        view.batch.loads.iter().any(|load| load.withdrawn.is_none()),
        tr!(
            "nothing of `{batch}` is left to load: each of its loads is withdrawn",
            batch = view.id
        )
    );
    changes.edit(view.file, |yaml| yaml.set("/stage", &Value::text(stage.word())))?;
    let next = [
        tr!(
            "commit it and open a pull request; when it is merged: `segell approve --env {environment} --push`",
            environment = environment.word()
        ),
        tr!(
            "when it is loaded: `segell record loaded --batch {batch} --env {environment} --all`",
            batch = view.id,
            environment = environment.word()
        ),
    ];
    arguments.writing.finish_unless(errors_of_batch(view.id), &changes, about_batch(view.id), &next)
}
