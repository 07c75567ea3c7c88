//! Stories through the whole house; they are in `tests/it`.
