//! Roles and what each of them may do. Content and administration are separate on purpose.

/// A teammate's role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The person responsible: everything.
    Owner,
    /// Configures, and reads no conversations.
    Admin,
    Lead,
    Teammate,
    /// Data protection officer: proofs and logs, no routine reading.
    Dpo,
    WorksCouncil,
}

/// One thing a person may be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Right {
    ReadConversations,
    WriteMessages,
    ManageChannels,
    ReadChannels,
    ManageTeammates,
    ReadTeammates,
    /// Who is erased, what stands against it, and what was certified.
    Erase,
    /// What people agreed to, with the proof of it.
    ReadConsents,
    /// What people can agree to, and the texts they are shown.
    ManagePurposes,
    /// What people may ask for about their own data: restriction, a copy.
    AnswerRequests,
}

impl Right {
    pub const ALL: [Self; 10] = [
        Self::ReadConversations,
        Self::WriteMessages,
        Self::ManageChannels,
        Self::ReadChannels,
        Self::ManageTeammates,
        Self::ReadTeammates,
        Self::Erase,
        Self::ReadConsents,
        Self::ManagePurposes,
        Self::AnswerRequests,
    ];

    /// The scope of an API token that carries this right.
    #[must_use]
    pub const fn scope(self) -> &'static str {
        match self {
            Self::ReadConversations => "conversations:read",
            Self::WriteMessages => "conversations:write",
            Self::ManageChannels => "channels:write",
            Self::ReadChannels => "channels:read",
            Self::ManageTeammates => "teammates:write",
            Self::ReadTeammates => "teammates:read",
            Self::Erase => "erasures:write",
            Self::ReadConsents => "consents:read",
            Self::ManagePurposes => "purposes:write",
            Self::AnswerRequests => "requests:write",
        }
    }
}

impl Role {
    pub const ALL: [Self; 6] = [
        Self::Owner,
        Self::Admin,
        Self::Lead,
        Self::Teammate,
        Self::Dpo,
        Self::WorksCouncil,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Lead => "lead",
            Self::Teammate => "teammate",
            Self::Dpo => "dpo",
            Self::WorksCouncil => "works_council",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    #[must_use]
    pub const fn has(self, right: Right) -> bool {
        match right {
            Right::ReadConversations | Right::WriteMessages => {
                matches!(self, Self::Owner | Self::Lead | Self::Teammate)
            }
            Right::ManageChannels | Right::ManageTeammates => {
                matches!(self, Self::Owner | Self::Admin)
            }
            Right::Erase | Right::AnswerRequests => matches!(self, Self::Owner | Self::Dpo),
            Right::ReadConsents => {
                matches!(self, Self::Owner | Self::Lead | Self::Teammate | Self::Dpo)
            }
            Right::ManagePurposes => matches!(self, Self::Owner | Self::Admin | Self::Dpo),
            Right::ReadChannels | Right::ReadTeammates => !matches!(self, Self::WorksCouncil),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole table, so that a change of one cell is a decision and not an accident.
    #[test]
    fn role_table() {
        let table: Vec<(Role, Vec<Right>)> = Role::ALL
            .into_iter()
            .map(|role| {
                (
                    role,
                    Right::ALL
                        .into_iter()
                        .filter(|right| role.has(*right))
                        .collect(),
                )
            })
            .collect();
        use Right::*;
        assert_eq!(
            table,
            vec![
                (Role::Owner, Right::ALL.to_vec()),
                (
                    Role::Admin,
                    vec![
                        ManageChannels,
                        ReadChannels,
                        ManageTeammates,
                        ReadTeammates,
                        ManagePurposes
                    ]
                ),
                (
                    Role::Lead,
                    vec![
                        ReadConversations,
                        WriteMessages,
                        ReadChannels,
                        ReadTeammates,
                        ReadConsents
                    ]
                ),
                (
                    Role::Teammate,
                    vec![
                        ReadConversations,
                        WriteMessages,
                        ReadChannels,
                        ReadTeammates,
                        ReadConsents
                    ]
                ),
                (
                    Role::Dpo,
                    vec![
                        ReadChannels,
                        ReadTeammates,
                        Erase,
                        ReadConsents,
                        ManagePurposes,
                        AnswerRequests
                    ]
                ),
                (Role::WorksCouncil, vec![]),
            ]
        );
    }
}
