//! The stages of a Jenkinsfile that `strata ci` wrote: variables, bindings and scripts.
//!
//! Not a reader of Groovy: of the one form that is written. That it is Groovy, a linter says. Invariant: what is not of that
//! form is an error, so that no step is left out unseen.

use super::job::{Job, Step};

/// A credential is written into a variable as `credential:KIND:ID`; the runner puts in what it holds.
pub(super) const CREDENTIAL: &str = "credential:";

/// The stages, as jobs.
pub(super) fn jobs(text: &str) -> Result<Vec<Job>, String> {
    let mut lines = text.lines().peekable();
    let (mut shared, mut jobs): (Vec<(String, String)>, Vec<Job>) = (Vec::new(), Vec::new());
    let mut variables: Vec<(String, String)> = Vec::new();
    let mut bound: Vec<(String, String)> = Vec::new();
    while let Some(line) = lines.next() {
        let trimmed = line.trim();
        if let Some(name) =
            trimmed.strip_prefix("stage('").and_then(|rest| rest.strip_suffix("') {"))
        {
            variables.clear();
            jobs.push(Job {
                name: name.replace("rehearse", "strangers"),
                environment: Some(name.replacen(' ', "-", 1)),
                identified: true,
                steps: Vec::new(),
            });
        } else if trimmed == "environment {" {
            let read = std::iter::from_fn(|| lines.next_if(|line| line.trim() != "}"));
            let read: Result<Vec<_>, String> = read.map(variable).collect();
            if jobs.is_empty() { shared = read? } else { variables = read? }
        } else if trimmed == "withCredentials([" {
            let read =
                std::iter::from_fn(|| lines.next_if(|line| !line.trim().starts_with("]) {")));
            bound = read.map(binding).collect::<Result<Vec<_>, String>>()?.concat();
        } else if trimmed.starts_with("sh ") {
            let mut script = String::new();
            let body = std::iter::from_fn(|| lines.next_if(|line| line.trim() != "'''"));
            for line in body {
                script.push_str(&unescaped(line));
                script.push('\n');
            }
            let job = jobs.last_mut().ok_or("a step outside of a stage")?;
            let variables =
                [shared.clone(), variables.clone(), std::mem::take(&mut bound)].concat();
            job.steps.push(Step {
                name: job.name.clone(),
                variables,
                script: Some(script),
                uses: None,
            });
        }
    }
    Ok(jobs)
}

/// `NAME = 'value'` or `NAME = "value"`.
fn variable(line: &str) -> Result<(String, String), String> {
    let (name, value) =
        line.trim().split_once(" = ").ok_or_else(|| format!("no variable: {line}"))?;
    let quoted = value.len() >= 2 && (value.starts_with('\'') || value.starts_with('"'));
    if !quoted {
        return Err(format!("no text: {line}"));
    }
    Ok((name.to_owned(), value[1..value.len() - 1].to_owned()))
}

/// One binding, as the variables that it sets.
fn binding(line: &str) -> Result<Vec<(String, String)>, String> {
    let (kind, rest) = line.trim().split_once('(').ok_or_else(|| format!("no binding: {line}"))?;
    let argument = |name: &str| {
        let value = rest.split_once(&format!("{name}: '"))?.1;
        value.split_once('\'').map(|(value, _)| value.to_owned())
    };
    let id = argument("credentialsId").ok_or_else(|| format!("no credential: {line}"))?;
    let of = |name: &str| Some((argument(name)?, format!("{CREDENTIAL}{kind}:{id}")));
    let names: &[&str] = match kind {
        "string" | "file" => &["variable"],
        "usernamePassword" => &["passwordVariable"],
        "gitUsernamePassword" => &[],
        other => return Err(format!("a binding of an unknown kind: {other}")),
    };
    Ok(names.iter().filter_map(|name| of(name)).collect())
}

/// A line of a text in triple quotes, as Groovy reads it.
fn unescaped(line: &str) -> String {
    let mut out = String::new();
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(chars.next()),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::jobs;

    #[test]
    fn a_stage_has_its_variables_bindings_and_scripts() {
        let text = "  environment {\n    A = 'x'\n  }\n    stage('plan dev') {\n      environment {\n        B = \"${env.C}\"\n      }\n      steps {\n        withCredentials([\n          string(credentialsId: 'S', variable: 'V'),\n        ]) {\n          sh '''\n          printf 'a\\\\n'\n          '''\n        }\n        sh '''\n        true\n        '''\n      }\n    }\n";
        let jobs = jobs(text).expect("stages");
        let [job] = jobs.as_slice() else { panic!("one stage") };
        assert_eq!((&*job.name, job.environment.as_deref()), ("plan dev", Some("plan-dev")));
        let first = &job.steps[0];
        let names: Vec<String> = first.variables.iter().map(|(n, v)| format!("{n}={v}")).collect();
        assert_eq!(names, ["A=x", "B=${env.C}", "V=credential:string:S"]);
        assert_eq!(first.script.as_deref(), Some("          printf 'a\\n'\n"));
        assert_eq!(job.steps[1].variables.len(), 2);
    }

    #[test]
    fn what_is_not_of_the_form_is_no_silence() {
        assert!(jobs("environment {\n A = x\n}\n").is_err());
        assert!(jobs("withCredentials([\n ssh(credentialsId: 'a'),\n]) {\n").is_err());
        assert!(jobs("sh '''\n'''\n").is_err());
    }
}
