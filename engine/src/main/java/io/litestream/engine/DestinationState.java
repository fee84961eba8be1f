package io.litestream.engine;

/// How things stand between a database and one of its destinations.
public enum DestinationState {
    /// It was not asked yet, or has not answered yet, what it holds.
    STARTING,
    /// It takes what is committed.
    READY,
    /// It does not answer, or refuses for now. It is tried again every few seconds.
    FAILING,
    /// It refuses because of credentials, rights or settings. It is tried about once a minute, but
    /// a person must act.
    REFUSED,
    /// Nothing more is sent there: somebody else writes there, or it belongs to another database. A
    /// person must act, and replication to it be started again.
    STOPPED,
    /// Replication has ended.
    CLOSED
}
