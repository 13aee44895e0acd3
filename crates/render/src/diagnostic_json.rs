//! Diagnostics as JSON: the members of OpenTofu's `validate -json` document, and beside them `code`, `remedy` and
//! `address`.

use diag::{Diagnostic, Diags, Severity, SourceMap, Span};
use serde_json::{Value, json};

/// The document of `validate -json`.
pub fn validation_json(diags: &Diags, sources: &SourceMap) -> String {
    let errors = diags.error_count();
    let list: Vec<Value> = diags.iter().map(|one| diagnostic_json(one, sources)).collect();
    let document = json!({
        "format_version": "1.0",
        "valid": errors == 0,
        "error_count": errors,
        "warning_count": diags.len() - errors,
        "diagnostics": list,
    });
    format!("{document:#}\n")
}

/// One diagnostic.
pub fn diagnostic_json(diagnostic: &Diagnostic, sources: &SourceMap) -> Value {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut document = json!({
        "severity": severity,
        "code": diagnostic.code.0,
        "summary": diagnostic.summary,
        "detail": diagnostic.detail,
    });
    if !diagnostic.remedy.is_empty() {
        document["remedy"] = json!(diagnostic.remedy);
    }
    if let Some(address) = &diagnostic.address {
        document["address"] = json!(&**address);
    }
    if let Some(span) = diagnostic.span {
        document["range"] = range(span, sources);
        document["snippet"] = snippet(span, &diagnostic.values, sources);
    }
    document
}

fn range(span: Span, sources: &SourceMap) -> Value {
    let file = sources.file(span.file);
    let position = |byte| {
        let at = file.position(byte);
        json!({ "line": at.line, "column": at.column, "byte": at.byte })
    };
    json!({ "filename": &**file.name(), "start": position(span.start), "end": position(span.end) })
}

/// The lines that the range covers, and where in them it lies, in bytes.
fn snippet(span: Span, values: &[(String, String)], sources: &SourceMap) -> Value {
    let file = sources.file(span.file);
    let text = file.text();
    let (start, end) = (span.start as usize, span.end as usize);
    let from = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let to = text[end..].find('\n').map_or(text.len(), |at| end + at);
    let values: Vec<Value> = values
        .iter()
        .map(|(expression, value)| json!({ "traversal": expression, "statement": format!("is {value}") }))
        .collect();
    json!({
        "context": null,
        "code": &text[from..to],
        "start_line": file.position(span.start).line,
        "highlight_start_offset": start - from,
        "highlight_end_offset": end - from,
        "values": values,
    })
}
