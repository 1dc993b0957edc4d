//! The description of the interface (OpenAPI 3.1), made from what the router is made from.
//!
//! **Invariant:** every operation is described with all it takes, all it answers and every way it refuses.

use serde_json::{Map, Value, json};

use super::operation::{Gives, Needs, Operation, Takes};
use super::{operations, shape::Shape};
use crate::i18n::{self, Lang};

/// The description.
#[must_use]
pub fn document(lang: Lang) -> Value {
    let mut paths = Map::new();
    for operation in operations() {
        let path = paths.entry(operation.path.to_owned()).or_insert_with(|| json!({}));
        let verb = if operation.reads() { "get" } else { "post" };
        path[verb] = described(&operation, lang);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": i18n::text(lang, "api.title", &[]),
            "version": env!("CARGO_PKG_VERSION"),
            "description": i18n::text(lang, "api.about", &[]),
        },
        "servers": [{ "url": "/" }],
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer", "bearerFormat": "pfk_<id>_<secret>" } },
            "schemas": { "Problem": problem() },
        },
    })
}

fn problem() -> Value {
    let fault = json!({
        "type": "object",
        "required": ["pointer", "code"],
        "properties": { "pointer": { "type": "string" }, "code": { "type": "string" } },
    });
    json!({
        "type": "object",
        "required": ["type", "title", "status", "code", "detail"],
        "properties": {
            "type": { "type": "string" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "code": { "type": "string" },
            "detail": { "type": "string" },
            "errors": { "type": "array", "items": fault },
        },
    })
}

fn described(operation: &Operation, lang: Lang) -> Value {
    let (area, what) = operation.name.split_once('.').unwrap_or((operation.name, ""));
    let mut told = json!({
        "operationId": operation.name,
        "tags": [area],
        "summary": i18n::text(lang, &format!("api.operation.{area}_{what}"), &[]),
        "parameters": parameters(operation),
        "responses": answers(operation),
    });
    match operation.needs {
        Needs::Token => {}
        Needs::Page(permission) | Needs::Bank(permission) | Needs::Fund(permission) => {
            told["x-permission"] = json!(permission.code());
        }
    }
    match &operation.takes {
        Takes::Nothing => {}
        Takes::Json(shape) => told["requestBody"] = body("application/json", shape.schema()),
        Takes::Files(fields) => {
            let mut schema = Shape::Group(fields.clone()).schema();
            schema["properties"]["file"] = json!({ "type": "string", "format": "binary" });
            if let Some(needed) = schema["required"].as_array_mut() {
                needed.push(json!("file"));
            }
            told["requestBody"] = body("multipart/form-data", schema);
        }
    }
    told
}

fn body(kind: &str, schema: Value) -> Value {
    json!({ "required": true, "content": { kind: { "schema": schema } } })
}

fn parameters(operation: &Operation) -> Value {
    let mut all = Vec::new();
    for place in operation.places() {
        let schema = json!({ "type": "string", "minLength": 1, "maxLength": 300 });
        all.push(json!({ "name": place, "in": "path", "required": true, "schema": schema }));
    }
    for (name, shape, needed) in &operation.query {
        all.push(json!({ "name": name, "in": "query", "required": needed, "schema": shape.schema() }));
    }
    if operation.acts {
        for (name, schema) in [
            ("Idempotency-Key", json!({ "type": "string", "minLength": 1, "maxLength": 160, "pattern": "^[!-~]+$" })),
            ("If-Match", json!({ "type": "string", "pattern": "^(\\*|\"v[0-9]+(-[0-9a-f]+)?\")$" })),
        ] {
            all.push(json!({ "name": name, "in": "header", "required": true, "schema": schema }));
        }
    }
    Value::Array(all)
}

fn answers(operation: &Operation) -> Value {
    let mut all = Map::new();
    let content = match &operation.gives {
        Gives::One(shape) => json!({ "application/json": { "schema": shape.schema() } }),
        Gives::Page(item) => {
            let schema = json!({
                "type": "object",
                "required": ["items", "next_cursor"],
                "additionalProperties": false,
                "properties": {
                    "items": { "type": "array", "items": item.schema() },
                    "next_cursor": { "anyOf": [{ "type": "string" }, { "type": "null" }] },
                },
            });
            json!({ "application/json": { "schema": schema } })
        }
        Gives::Bytes => json!({
            "application/octet-stream": { "schema": { "type": "string", "format": "binary" } },
            "application/toml": { "schema": { "type": "string" } },
        }),
    };
    all.insert("200".to_owned(), json!({ "description": "200", "content": content }));
    if operation.reads() && matches!(operation.gives, Gives::One(_)) {
        all.insert("304".to_owned(), json!({ "description": "304" }));
    }
    let mut refusals = vec![400, 401, 403, 404, 405, 406, 429, 500, 503];
    if !operation.reads() {
        refusals.extend([408, 409, 412, 413, 415, 422]);
    }
    if operation.acts {
        refusals.push(428);
    }
    refusals.sort_unstable();
    for status in refusals {
        let schema = json!({ "$ref": "#/components/schemas/Problem" });
        let told = json!({ "description": status.to_string(), "content": { "application/problem+json": { "schema": schema } } });
        all.insert(status.to_string(), told);
    }
    Value::Object(all)
}
