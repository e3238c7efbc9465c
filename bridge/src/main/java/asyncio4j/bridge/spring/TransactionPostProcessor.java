package asyncio4j.bridge.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.transaction.interceptor.TransactionInterceptor;

/** Puts {@link CoroutineTransactionInterceptor} in the place of Spring's own. */
final class TransactionPostProcessor
        implements BeanPostProcessor, BeanFactoryAware, PriorityOrdered {

    private @Nullable BeanFactory beans;

    @Override
    public void setBeanFactory(BeanFactory beanFactory) {
        beans = beanFactory;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (bean.getClass() != TransactionInterceptor.class) {
            return bean;
        }
        CoroutineTransactionInterceptor mine =
                new CoroutineTransactionInterceptor((TransactionInterceptor) bean);
        if (beans != null) {
            mine.setBeanFactory(beans);
        }
        return mine;
    }
}
