//! tresen-http
