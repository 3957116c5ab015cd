import FastPixPlatform

/// A lock that threads can wait with until something has changed.
package final class Condition: Sendable {
    private nonisolated(unsafe) let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private nonisolated(unsafe) let change: UnsafeMutablePointer<pthread_cond_t>

    package init() {
        // At an address of their own, as the system demands.
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        change = .allocate(capacity: 1)
        change.initialize(to: pthread_cond_t())
        // Without attributes these fail for want of memory only.
        guard pthread_mutex_init(mutex, nil) == 0, pthread_cond_init(change, nil) == 0 else {
            preconditionFailure("no lock can be made")
        }
    }

    deinit {
        pthread_cond_destroy(change)
        pthread_mutex_destroy(mutex)
        change.deallocate()
        mutex.deallocate()
    }

    package func lock() { pthread_mutex_lock(mutex) }

    package func unlock() { pthread_mutex_unlock(mutex) }

    /// False when somebody else has the lock.
    package func tryLock() -> Bool { pthread_mutex_trylock(mutex) == 0 }

    /// Gives the lock away until `broadcast`, or for no reason; what was waited for has to be looked at again.
    package func wait() { pthread_cond_wait(change, mutex) }

    package func broadcast() { pthread_cond_broadcast(change) }
}
