package io.litestream.storage.s3;

import io.litestream.storage.s3.ObjectCalls.Outcome;
import io.litestream.storage.s3.ProviderTraits.ConditionalCreate;

/// Whether the server keeps an upload on `If-None-Match: *` from replacing an object. Some do not
/// know the condition, and of these some say nothing.
///
/// It is found out with the first object that is created: what was just stored is sent again, and
/// must be refused. If it is not, nothing is lost, as the content is the same.
final class Exclusivity {

    private static final System.Logger LOG = System.getLogger(Exclusivity.class.getName());

    private final String host;
    private volatile State state;

    Exclusivity(S3Options options) {
        this.host = options.host();
        this.state =
                switch (options.provider().traits().conditionalCreate()) {
                    case ConditionalCreate.HONOURED -> State.HONOURED;
                    case ConditionalCreate.FOUND_OUT -> State.UNKNOWN;
                };
    }

    private enum State {
        UNKNOWN,
        HONOURED,
        IGNORED
    }

    boolean isHonoured() {
        return state == State.HONOURED;
    }

    boolean isUnknown() {
        return state == State.UNKNOWN;
    }

    /// Returns what to send with a creation.
    Requests.Condition condition() {
        return state == State.IGNORED ? Requests.Condition.NONE : Requests.Condition.IF_ABSENT;
    }

    /// Learns from what became of an upload to a key that holds an object.
    void learn(Outcome ofTakenKey) {
        switch (ofTakenKey) {
            case TAKEN -> state = State.HONOURED;
            case STORED, CONDITION_UNKNOWN -> ignored();
        }
    }

    private synchronized void ignored() {
        if (state != State.IGNORED) {
            state = State.IGNORED;
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} does not keep an upload from replacing an object (If-None-Match), so two"
                        + " writers of one replica may not notice each other; make sure that only"
                        + " one writes",
                    host);
        }
    }
}
