FROM node:22-slim
RUN npm install --global zeroten pg
USER node
ENTRYPOINT ["zeroten"]
