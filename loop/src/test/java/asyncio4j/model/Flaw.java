package asyncio4j.model;

/** Rules that the model can be told to get wrong, to see whether the comparison notices. */
enum Flaw {
    /** A cancel doesn't beat a result that is on its way. */
    CANCEL_LOSES_TO_RESULT,
    /** uncancel() down to zero leaves a cancel that wasn't delivered. */
    UNCANCEL_KEEPS_PENDING_CANCEL,
    /** Done callbacks come in the reverse order. */
    CALLBACKS_REVERSED,
    /** A waiter that is cancelled after it was woken keeps the permit. */
    PERMIT_LOST,
    /** A cancelled gather with returned exceptions has results in spite of that. */
    GATHER_FORGETS_CANCEL,
    /** A wait_for that expired throws TimeoutError even if the task is being cancelled, too. */
    TIMEOUT_EATS_CANCEL,
    /** The message of a cancel is there however often one asks. */
    MESSAGE_STAYS,
    /** A group doesn't take back the cancel of its parent. */
    GROUP_KEEPS_ITS_CANCEL,
    /** A waiter for a lock that is cancelled after it was woken doesn't pass that on. */
    LOCK_WAKEUP_LOST,
    /** A generator that yields while it is closed is closed. */
    IGNORED_EXIT
}
