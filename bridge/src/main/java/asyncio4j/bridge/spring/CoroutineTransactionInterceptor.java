package asyncio4j.bridge.spring;

import static asyncio4j.Asyncio.await;
import static asyncio4j.Asyncio.shield;

import asyncio4j.CancelledError;
import asyncio4j.GeneratorExit;
import asyncio4j.Task;
import asyncio4j.bridge.Bridge;
import asyncio4j.internal.access.LoopAccess;
import asyncio4j.internal.bridge.BridgeAccess;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.transaction.ReactiveTransaction;
import org.springframework.transaction.ReactiveTransactionManager;
import org.springframework.transaction.TransactionManager;
import org.springframework.transaction.interceptor.DelegatingTransactionAttribute;
import org.springframework.transaction.interceptor.TransactionAttribute;
import org.springframework.transaction.interceptor.TransactionAttributeSource;
import org.springframework.transaction.interceptor.TransactionInterceptor;
import org.springframework.transaction.reactive.TransactionContextManager;
import org.springframework.util.ClassUtils;

import reactor.core.publisher.Mono;

import java.lang.reflect.Method;
import java.util.Objects;

/**
 * Takes the place of Spring's own interceptor for {@code @Transactional}, and has methods that
 * await, and return plainly, run in a reactive transaction. Everything else is for the one whose
 * place it takes.
 *
 * <p>The method runs in the task that calls it. It begins, commits and rolls back by awaiting; a
 * task that is cancelled meanwhile gets its {@link CancelledError} when the transaction has ended.
 */
final class CoroutineTransactionInterceptor extends TransactionInterceptor {

    private static final long serialVersionUID = 1L;

    private static final LoopAccess ACCESS = LoopAccess.get();

    @SuppressWarnings("serial") // no interceptor of Spring's can be serialized once it is in use
    private final TransactionInterceptor replaced;

    CoroutineTransactionInterceptor(TransactionInterceptor replaced) {
        this.replaced = replaced;
        setTransactionAttributeSource(replaced.getTransactionAttributeSource());
        setTransactionManager(replaced.getTransactionManager());
    }

    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
        Method method = invocation.getMethod();
        if (ACCESS.currentTask() == null || isReactive(method)) {
            return replaced.invoke(invocation);
        }
        Object target = invocation.getThis();
        Class<?> targetClass = target == null ? null : AopUtils.getTargetClass(target);
        TransactionAttributeSource source = getTransactionAttributeSource();
        TransactionAttribute attribute =
                source == null ? null : source.getTransactionAttribute(method, targetClass);
        TransactionManager manager = determineTransactionManager(attribute, targetClass);
        return attribute != null && manager instanceof ReactiveTransactionManager reactive
                ? within(reactive, named(attribute, method, targetClass), invocation)
                : replaced.invoke(invocation);
    }

    private static boolean isReactive(Method method) {
        return ReactiveAdapterRegistry.getSharedInstance().getAdapter(method.getReturnType())
                != null;
    }

    /** With the method's name for the transaction's, as Spring has it. */
    @SuppressWarnings("serial") // nobody serializes it
    private static TransactionAttribute named(
            TransactionAttribute attribute, Method method, @Nullable Class<?> targetClass) {
        if (attribute.getName() != null) {
            return attribute;
        }
        String name = ClassUtils.getQualifiedMethodName(method, targetClass);
        return new DelegatingTransactionAttribute(attribute) {
            @Override
            public String getName() {
                return name;
            }
        };
    }

    private static @Nullable Object within(
            ReactiveTransactionManager manager,
            TransactionAttribute attribute,
            MethodInvocation invocation)
            throws Throwable {
        try (var _ =
                BridgeAccess.get()
                        .change(context ->
                                TransactionContextManager.getOrCreateContext()
                                        .apply(
                                                TransactionContextManager.getOrCreateContextHolder()
                                                        .apply(context)))) {
            ReactiveTransaction transaction =
                    Objects.requireNonNull(
                            Bridge.await(manager.getReactiveTransaction(attribute)),
                            "the transaction manager has answered no transaction");
            Object result;
            try {
                result = invocation.proceed();
            } catch (GeneratorExit e) { // the loop ends, and with it all awaiting
                manager.rollback(transaction).subscribe(null, e::addSuppressed);
                throw e;
            } catch (Throwable e) {
                end(manager, attribute, transaction, e);
                throw e;
            }
            finish(manager.commit(transaction));
            return result;
        }
    }

    private static void end(
            ReactiveTransactionManager manager,
            TransactionAttribute attribute,
            ReactiveTransaction transaction,
            Throwable error) {
        boolean back = error instanceof CancelledError || attribute.rollbackOn(error);
        try {
            finish(back ? manager.rollback(transaction) : manager.commit(transaction));
        } catch (CancelledError e) {
            throw e;
        } catch (RuntimeException | Error e) {
            e.addSuppressed(error);
            throw e;
        }
    }

    /** Waits until it is done, however often the task is cancelled meanwhile. */
    private static void finish(Mono<Void> ending) {
        Task<?> task = Bridge.toTask(ending);
        CancelledError cancelled = null;
        while (!task.done()) {
            try {
                await(shield(task));
            } catch (CancelledError e) {
                cancelled = e;
            }
        }
        task.result();
        if (cancelled != null) {
            throw cancelled;
        }
    }
}
